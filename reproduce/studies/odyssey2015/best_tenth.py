"""The test scores of the best tenth of each variant, as in the paper's figure 3."""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import stats

from reproduce.studies.odyssey2015.names import VANILLA, VARIANTS, in_order
from reproduce.studies.odyssey2015.paper import TRIALS, box
from reproduce.studies.odyssey2015.scores import (
    PAIR,
    SCORES,
    Score,
    need_vanilla,
    ready,
)

NO_POWER = (
    f"fewer than the paper's {TRIALS} trials: the test has no power, "
    "and the best of few are picked on the tail"
)


def best_tenth(
    trials: pd.DataFrame, scores: Mapping[str, Score] = SCORES
) -> pd.DataFrame:
    """The trials among the best tenth of their set and variant by validation.

    Args:
        trials: One row for each trial.
        scores: The scale of each data set.

    Returns:
        Those rows, with capped scores; at least one of each set and variant. Among
        equals the candidate drawn first is chosen.

    Raises:
        ValueError: As `ready` says.
    """
    order = ["valid", *PAIR]
    groups = ready(trials, scores).groupby(["dataset", "variant"], sort=False)
    chosen = [
        rows.sort_values(order).head(max(1, len(rows) // 10)) for _, rows in groups
    ]
    return pd.concat(chosen, ignore_index=True)


def best_tenth_table(
    trials: pd.DataFrame, scores: Mapping[str, Score] = SCORES
) -> pd.DataFrame:
    """Test scores and sizes of the best tenths, and Welch's test against vanilla.

    Args:
        trials: One row for each trial.
        scores: The scale of each data set.

    Returns:
        One row for each set and variant. `p_bonferroni` is adjusted over the variants
        other than vanilla of a set. `evidence` says whether there are as many trials
        as in the paper, `note` why the test is of no use if not.

    Raises:
        ValueError: As `ready` says, or if a set lacks vanilla.
    """
    chosen = best_tenth(trials, scores)
    need_vanilla(chosen)
    sizes = trials.groupby(["dataset", "variant"]).size()
    rows = []
    for dataset, of_set in chosen.groupby("dataset", sort=False):
        tests = {
            name: rows["test"].to_numpy() for name, rows in of_set.groupby("variant")
        }
        names = in_order(tests, VARIANTS)
        for name in names:
            of_variant = of_set[of_set["variant"] == name]
            count = int(sizes[dataset, name])
            full = min(count, int(sizes[dataset, VANILLA])) >= TRIALS
            p_value = (
                math.nan if name == VANILLA else welch(tests[name], tests[VANILLA])
            )
            rows.append(
                {
                    "dataset": dataset,
                    "variant": name,
                    "trials": count,
                    "best": len(of_variant),
                    **_summary(tests[name]),
                    "recurrent_parameters": of_variant["recurrent_parameters"].mean(),
                    "total_parameters": of_variant["total_parameters"].mean(),
                    "difference": tests[name].mean() - tests[VANILLA].mean(),
                    "p_value": p_value,
                    "p_bonferroni": min(1.0, p_value * (len(names) - 1))
                    if math.isfinite(p_value)
                    else math.nan,
                    "paper_mean": _paper_mean(str(dataset), name),
                    "evidence": full,
                    "note": "" if full else NO_POWER,
                }
            )
    return pd.DataFrame(rows)


def _summary(values: np.ndarray) -> dict[str, float]:
    low, median, high = np.quantile(values, (0.25, 0.5, 0.75))
    return {
        "mean": values.mean(),
        "median": median,
        "low": low,
        "high": high,
        "minimum": values.min(),
        "maximum": values.max(),
    }


def _paper_mean(dataset: str, variant: str) -> float:
    theirs = box(dataset, variant)
    return math.nan if theirs is None else theirs.mean


def welch(first: np.ndarray, second: np.ndarray) -> float:
    """The two-sided p value of Welch's test that two means are equal.

    Args:
        first: Scores of one variant.
        second: Scores of another.

    Returns:
        The p value; NaN with fewer than two scores on a side. Without any spread it
        is 1 if the means are equal and 0 otherwise.
    """
    sides = (first, second)
    if min(map(len, sides)) < 2:
        return math.nan
    if not any(map(np.ptp, sides)):
        return float(first[0] == second[0])
    # From means and deviations, since SciPy warns of scores that are all at the cap.
    moments = [m for side in sides for m in (side.mean(), side.std(ddof=1), len(side))]
    return float(stats.ttest_ind_from_stats(*moments, equal_var=False).pvalue)
