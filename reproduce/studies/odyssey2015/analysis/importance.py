"""What share of the variance of the test score each hyper-parameter explains.

The forests are our own. Optuna's `FanovaImportanceEvaluator` takes a parameter drawn on
a logarithmic scale as it is: of the box, almost all is then the last decade, and what
happens in the others counts for nothing. It gives no shares of pairs either.

With few draws the shares are rough, and forests err in one direction: of a function
without any interaction they leave some percent to higher orders.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from reproduce.studies.odyssey2015.analysis.anova import shares
from reproduce.studies.odyssey2015.analysis.factors import FACTORS, Factor
from reproduce.studies.odyssey2015.analysis.forest import SEED, TREES, Forest, grow
from reproduce.studies.odyssey2015.analysis.scores import SCORES, Score, ready
from reproduce.studies.odyssey2015.names import ALL, VARIANTS, in_order
from reproduce.studies.odyssey2015.paper import HIGHER_ORDER, share

LEAST_TRIALS = 100
"""Trials that a forest needs."""

BEYOND = " x "
"""Joins the names of two factors of which a share is the interaction."""

IMPORTANCE_COLUMNS = (
    "dataset",
    "variant",
    "factor",
    "trials",
    "draws",
    "share",
    "low",
    "high",
    "seed_error",
    "shown",
    "paper_share",
    "note",
)

Forests = Mapping[tuple[str, str], Forest]


def grow_forests(
    trials: pd.DataFrame,
    scores: Mapping[str, Score] = SCORES,
    factors: Sequence[Factor] = FACTORS,
    trees: int = TREES,
    seed: int = SEED,
) -> dict[tuple[str, str], Forest]:
    """Grows the forests of each set: of all variants together, and of each.

    Args:
        trials: One row for each trial.
        scores: The scale of each data set.
        factors: The hyper-parameters and the ranges of the search.
        trees: Number of trees of each forest.
        seed: Seed of the forests.

    Returns:
        By data set and variant, or `ALL`, the forests for which there are
        `LEAST_TRIALS`.

    Raises:
        ValueError: As `ready` and `grow` say.
    """
    return {
        key: grow(rows, factors=factors, trees=trees, seed=seed)
        for key, rows in _groups(ready(trials, scores)).items()
        if len(rows) >= LEAST_TRIALS
    }


def _groups(trials: pd.DataFrame) -> dict[tuple[str, str], pd.DataFrame]:
    groups = {}
    for dataset, of_set in trials.groupby("dataset", sort=False):
        groups[str(dataset), ALL] = of_set
        for name in in_order(of_set["variant"], VARIANTS):
            groups[str(dataset), name] = of_set[of_set["variant"] == name]
    return groups


def importance_table(trials: pd.DataFrame, forests: Forests) -> pd.DataFrame:
    """Shares of the variance, the paper's beside ours.

    Args:
        trials: One row for each trial.
        forests: What `grow_forests` makes of them.

    Returns:
        For each forest a row for each factor, each pair (`a x b`, beyond its two) and
        `HIGHER_ORDER`, which is all that no factor explains alone: pairs are part of
        it. Between `low` and `high` lie 95 % of the trees, each of which stands for
        another search and another seed. `seed_error` is the standard error of the share
        that the seed of the forest makes, and `shown` the text for readers, without
        digits that another seed would change. Where there was no forest one row says
        why.
    """
    rows = []
    for (dataset, variant), group in _groups(trials).items():
        forest = forests.get((dataset, variant))
        about = {"dataset": dataset, "variant": variant, "trials": len(group)}
        found = {} if forest is None else _found(forest)
        if forest is None or not next(iter(found.values())).size:
            short = f"{len(group)} trials, a forest needs {LEAST_TRIALS}"
            note = short if forest is None else "all scores are equal"
            rows.append({**about, "factor": ALL, "note": note})
            continue
        for factor, values in found.items():
            low, high = np.quantile(values, (0.025, 0.975))
            error = values.std() / math.sqrt(values.size)
            rows.append(
                {
                    **about,
                    "factor": factor,
                    "draws": forest.draws,
                    "share": values.mean(),
                    "low": low,
                    "high": high,
                    "seed_error": error,
                    "shown": percents(values.mean(), low, high, error),
                    "paper_share": share(dataset, factor)
                    if variant == ALL
                    else math.nan,
                    "note": "",
                }
            )
    return pd.DataFrame(rows, columns=list(IMPORTANCE_COLUMNS))


STEPS = (0.01, 0.05, 0.1)
"""What shares may be rounded to."""


def percents(share: float, low: float, high: float, error: float) -> str:
    """A share and its interval, rounded so far that seeds seldom change a digit.

    They change it only if the share lies beside the middle of two steps, or an end
    beside a step, and a step is four standard errors wide at least.

    Args:
        share: The share.
        low: Lower end of its interval.
        high: Upper end.
        error: Standard error of the share over seeds. That of the ends is about four
            times as large.

    Returns:
        The text, with the ends rounded outwards.

    Examples:
        >>> from reproduce.studies.odyssey2015.analysis.importance import percents
        >>> percents(0.8788, 0.7743, 0.9361, error=0.002)
        '88 % (75 to 95 %)'
        >>> percents(0.7481, 0.0142, 0.9629, error=0.015)
        '70 % (0 to 100 %)'
    """
    step, end_step = (
        next((step for step in STEPS if step >= 4 * e), STEPS[-1])
        for e in (error, 4 * error)
    )
    middle = step * round(share / step)
    ends = end_step * math.floor(low / end_step), end_step * math.ceil(high / end_step)
    shown, first, last = (f"{100 * value:.0f}" for value in (middle, *ends))
    return f"{shown} % ({first} to {last} %)"


def _found(forest: Forest) -> dict[str, np.ndarray]:
    parts = shares(forest)
    pairs = {BEYOND.join(pair): values for pair, values in parts.pairs.items()}
    return {**parts.main, **pairs, HIGHER_ORDER: parts.higher_order}
