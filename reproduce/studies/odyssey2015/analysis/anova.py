"""Functional analysis of variance of a forest (Hutter, Hoos and Leyton-Brown 2014).

The variance of a tree's prediction over the searched box is the sum of what each
factor explains alone, of what each pair explains beyond its two, and so on. Shares are
means over the trees, as in the paper, which has them from the same method.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from reproduce.studies.odyssey2015.analysis.forest import Forest, Leaves

Pair = tuple[str, str]


@dataclass(frozen=True)
class Shares:
    """Shares of the variance, one for each tree that has any.

    Args:
        main: What each factor explains alone.
        pairs: What each pair explains beyond its two factors.
    """

    main: dict[str, np.ndarray]
    pairs: dict[Pair, np.ndarray]

    @property
    def higher_order(self) -> np.ndarray:
        """All that no factor explains alone."""
        return 1.0 - np.sum(list(self.main.values()), axis=0)


def shares(forest: Forest) -> Shares:
    """Splits the variance of each tree of a forest.

    Args:
        forest: The forest.

    Returns:
        The shares; arrays without an entry if every tree is constant.
    """
    names = forest.names
    pairs = list(combinations(names, 2))
    rows = [row for tree in forest.trees if (row := _split(tree, len(names)))]
    columns = np.array(rows).reshape(len(rows), len(names) + len(pairs)).T
    return Shares(
        dict(zip(names, columns, strict=False)),
        dict(zip(pairs, columns[len(names) :], strict=True)),
    )


def _split(tree: Leaves, factors: int) -> list[float]:
    """Shares of the factors, then of their pairs; nothing of a constant tree."""
    numbers = tree.lows.shape[1]
    inside, weights = [], []
    for k in range(factors):
        if k < numbers:
            cuts = np.unique([tree.lows[:, k], tree.highs[:, k]])
            inside.append(_covers(tree, k, (cuts[1:] + cuts[:-1]) / 2))
            weights.append(np.diff(cuts))
        else:
            levels = tree.levels.shape[1]
            inside.append(tree.levels.astype(float))
            weights.append(np.full(levels, 1 / levels))
    covered = np.array([a @ w for a, w in zip(inside, weights, strict=True)])
    volume = covered.prod(axis=0)
    # Around the mean, where squares do not cancel.
    values = tree.values - tree.values @ volume
    total = values**2 @ volume
    if total <= 1e-12 * max(1.0, np.abs(tree.values).max()) ** 2:
        return []
    mass = values * volume
    main = [
        w @ (a.T @ (mass / c)) ** 2
        for a, w, c in zip(inside, weights, covered, strict=True)
    ]
    pairs = []
    for j, k in combinations(range(factors), 2):
        rest = mass / (covered[j] * covered[k])
        means = (inside[j] * rest[:, None]).T @ inside[k]
        both = weights[j] @ means**2 @ weights[k]
        pairs.append(max(0.0, both - main[j] - main[k]))
    return [part / total for part in (*main, *pairs)]


def _covers(tree: Leaves, k: int, places: np.ndarray) -> np.ndarray:
    """Which leaves, in rows, hold which places of a number, in columns."""
    inside = (tree.lows[:, [k]] <= places) & (places < tree.highs[:, [k]])
    return inside.astype(float)


def marginal(
    forest: Forest, names: Sequence[str], places: Sequence[np.ndarray]
) -> np.ndarray:
    """Mean predictions over all factors but one or two.

    Args:
        forest: The forest.
        names: One or two hyper-parameters.
        places: For each of them where between 0 and 1, the upper end excluded.

    Returns:
        For each tree a row, and for two factors a table, of predictions.
    """
    numbers = [factor.name for factor in forest.factors]
    columns = [numbers.index(name) for name in names]
    found = []
    for tree in forest.trees:
        widths = tree.highs - tree.lows
        rest = np.delete(widths, columns, axis=1).prod(axis=1)
        mass = tree.values * rest * tree.levels.mean(axis=1)
        inside = [_covers(tree, k, at) for k, at in zip(columns, places, strict=True)]
        if len(inside) == 1:
            found.append(inside[0].T @ mass)
        else:
            found.append((inside[0] * mass[:, None]).T @ inside[1])
    return np.array(found)
