"""The test scores of the best tenth of each variant, as in the paper's figure 3."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from reproduce.paired import CONFIDENCE
from reproduce.studies.odyssey2015.analysis.scores import (
    PAIR,
    SCORES,
    Score,
    need_vanilla,
    ready,
    shared_draws,
)
from reproduce.studies.odyssey2015.names import VANILLA, VARIANTS, in_order
from reproduce.studies.odyssey2015.paper import TRIALS, box

NO_POWER = (
    f"fewer than the paper's {TRIALS} trials: the test has no power, "
    "and the best of few are picked on the tail"
)


def best_tenth(
    trials: pd.DataFrame, scores: Mapping[str, Score] = SCORES
) -> pd.DataFrame:
    """The trials among the best tenth of their set and variant by validation.

    Args:
        trials: One row for each trial. Draws that only some variants have are left
            out: the best of more draws is better.
        scores: The scale of each data set.

    Returns:
        Those rows, with capped scores; at least one of each set and variant. Among
        equals the candidate drawn first is chosen.

    Raises:
        ValueError: As `ready` says.
    """
    order = ["valid", *PAIR]
    shared = shared_draws(ready(trials, scores))
    groups = shared.groupby(["dataset", "variant"], sort=False)
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
    counts = shared_draws(trials).groupby(["dataset", "variant"]).size()
    rows = []
    for dataset, of_set in chosen.groupby("dataset", sort=False):
        names = in_order(of_set["variant"], VARIANTS)
        vanilla = of_set.loc[of_set["variant"] == VANILLA, "test"].to_numpy()
        for name in names:
            best = of_set[of_set["variant"] == name]
            trials_here = int(counts[dataset, name])
            found = Difference(0.0, math.nan, math.nan, math.nan)
            if name != VANILLA:
                found = welch(best["test"].to_numpy(), vanilla)
            full = min(trials_here, int(counts[dataset, VANILLA])) >= TRIALS
            theirs = box(str(dataset), name)
            rows.append(
                {
                    "dataset": dataset,
                    "variant": name,
                    "trials": trials_here,
                    "best": len(best),
                    **_summary(best["test"].to_numpy()),
                    "recurrent_parameters": best["recurrent_parameters"].mean(),
                    "total_parameters": best["total_parameters"].mean(),
                    "difference": found.mean,
                    "difference_low": found.low,
                    "difference_high": found.high,
                    "p_value": found.p_value,
                    # In this order a NaN stays one.
                    "p_bonferroni": min(found.p_value * (len(names) - 1), 1.0),
                    "paper_mean": math.nan if theirs is None else theirs.mean,
                    "paper_minimum": math.nan if theirs is None else theirs.minimum,
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


@dataclass(frozen=True)
class Difference:
    """The difference of two means by Welch's test.

    Args:
        mean: The difference.
        low: Lower end of its 95 % confidence interval; NaN where there is no test.
        high: Upper end.
        p_value: Two-sided p value that it is zero.
    """

    mean: float
    low: float
    high: float
    p_value: float


def welch(first: np.ndarray, second: np.ndarray) -> Difference:
    """Welch's test that two means are equal.

    Args:
        first: Scores of one variant.
        second: Scores of another.

    Returns:
        The first mean minus the second; without a test if a side has fewer than two
        scores. If there is no spread the interval is a point, and p is 1 for zero and
        0 otherwise.
    """
    mean = float(first.mean() - second.mean())
    if min(len(first), len(second)) < 2:
        return Difference(mean, math.nan, math.nan, math.nan)
    varied = [bool(np.ptp(side)) for side in (first, second)]
    if not any(varied):
        return Difference(mean, mean, mean, float(first[0] == second[0]))
    # Where one side does not vary, all its scores at the cap, Welch's test is Student's
    # of the other against a number; SciPy warns of the former.
    if all(varied):
        test = stats.ttest_ind(first, second, equal_var=False)
    elif varied[0]:
        test = stats.ttest_1samp(first - second[0], 0.0)
    else:
        test = stats.ttest_1samp(first[0] - second, 0.0)
    interval = test.confidence_interval(CONFIDENCE)
    return Difference(
        mean, float(interval.low), float(interval.high), float(test.pvalue)
    )
