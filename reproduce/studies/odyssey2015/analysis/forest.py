"""Regression forests over the searched box, as lists of boxes that can be integrated.

A tree is constant on each of its leaves, and a leaf is a box: an interval of every
hyper-parameter and a set of variants. Means over some of the factors are therefore
sums over leaves, without an error of integration. scikit-learn grows the trees.

Every tree is grown on draws that are chosen anew with replacement, a draw with the
trials of all variants that were given it. Those trials are alike, and choosing them
one by one would leave nearly every draw in every tree; this way the trees differ as
the results of other searches would, which gives intervals.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.tree import DecisionTreeRegressor

from reproduce.studies.odyssey2015.analysis.factors import FACTORS, VARIANT, Factor
from reproduce.studies.odyssey2015.analysis.scores import PAIR
from reproduce.studies.odyssey2015.names import VARIANTS, in_order

TREES = 512
SEED = 1503


@dataclass(frozen=True)
class Leaves:
    """The leaves of one tree.

    Args:
        values: What the tree predicts on each.
        lows: Lower ends, one row for each leaf and one column for each number.
        highs: Upper ends.
        levels: Which variants belong to each leaf, a column for each.
    """

    values: np.ndarray
    lows: np.ndarray
    highs: np.ndarray
    levels: np.ndarray


@dataclass(frozen=True)
class Forest:
    """A forest and what it was grown on.

    Args:
        factors: The hyper-parameters that are numbers.
        variants: The variants; a factor, too, if there is more than one.
        trees: The leaves of every tree.
        draws: Number of different draws.
        trials: The trials.
    """

    factors: tuple[Factor, ...]
    variants: tuple[str, ...]
    trees: tuple[Leaves, ...]
    draws: int
    trials: pd.DataFrame

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all factors."""
        numbers = tuple(factor.name for factor in self.factors)
        return (*numbers, VARIANT) if len(self.variants) > 1 else numbers

    def factor(self, name: str) -> Factor:
        """The hyper-parameter of a name."""
        return next(factor for factor in self.factors if factor.name == name)


def grow(
    trials: pd.DataFrame,
    column: str = "test",
    factors: Sequence[Factor] = FACTORS,
    trees: int = TREES,
    seed: int = SEED,
) -> Forest:
    """Grows a forest that predicts the scores of trials.

    Args:
        trials: Trials of one data set with capped scores, as `ready` returns them.
        column: The score.
        factors: The hyper-parameters and the ranges of the search.
        trees: Number of trees.
        seed: Seed of the draws chosen for each tree, and of ties between splits.

    Returns:
        The forest.

    Raises:
        ValueError: If there are trials of several sets or none, or a hyper-parameter
            lies outside its range.
    """
    sets = sorted(set(trials["dataset"]))
    if len(sets) != 1:
        raise ValueError(f"A forest takes trials of one data set, not of {sets}.")
    variants = tuple(in_order(trials["variant"], VARIANTS))
    numbers = [f.to_unit(trials[f.name].to_numpy()) for f in factors]
    levels = [(trials["variant"] == name).to_numpy(dtype=float) for name in variants]
    inputs = np.column_stack([*numbers, *levels])
    scores = trials[column].to_numpy(dtype=float)
    draw = trials.groupby(PAIR).ngroup().to_numpy()
    draws = int(draw.max()) + 1
    rng = np.random.default_rng(seed)
    grown = []
    for _ in range(trees):
        times = rng.multinomial(draws, np.full(draws, 1 / draws))[draw].astype(float)
        chosen = times > 0
        tree = DecisionTreeRegressor(random_state=int(rng.integers(2**31)))
        tree.fit(inputs[chosen], scores[chosen], sample_weight=times[chosen])
        grown.append(_leaves(tree.tree_, len(factors), len(variants)))
    return Forest(tuple(factors), variants, tuple(grown), draws, trials)


def _leaves(tree: object, numbers: int, levels: int) -> Leaves:
    """Follows the splits from the root; scikit-learn lists a node after its parent."""
    count, value = tree.node_count, tree.value[:, 0, 0]  # type: ignore[attr-defined]
    lows, highs = np.zeros((count, numbers)), np.ones((count, numbers))
    admitted = np.ones((count, levels), dtype=bool)
    left, right = tree.children_left, tree.children_right  # type: ignore[attr-defined]
    for node in np.flatnonzero(left >= 0):
        feature, at = tree.feature[node], tree.threshold[node]  # type: ignore[attr-defined]
        children = left[node], right[node]
        for part in (lows, highs, admitted):
            part[list(children)] = part[node]
        if feature < numbers:
            highs[children[0], feature] = lows[children[1], feature] = at
        else:
            admitted[children[0], feature - numbers] = False
            admitted[children[1]] &= np.arange(levels) == feature - numbers
    ends = left < 0
    return Leaves(value[ends], lows[ends], highs[ends], admitted[ends])
