"""Variants against vanilla, paired over the draws that both were given.

Left out are the pairs of which both ended at the cap: two models that learned nothing
are equal whatever their gates, and would make any two variants look so.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from reproduce.paired import CONFIDENCE, holm
from reproduce.studies.odyssey2015.analysis.scores import (
    PAIR,
    SCORES,
    Score,
    need_vanilla,
    ready,
)
from reproduce.studies.odyssey2015.names import VANILLA, VARIANTS, in_order

RESAMPLES = 9999
SEED = 1503


@dataclass(frozen=True)
class Comparison:
    """The median of paired differences of scores, and what tests say of them.

    Args:
        pairs: Number of pairs.
        median: Median difference; NaN without a pair.
        low: Lower end of the 95 % bootstrap interval; NaN with fewer than two pairs.
        high: Upper end.
        p_value: That the differences lie around zero: Wilcoxon's signed ranks.
        p_above: That they lie at or below minus the margin. Small if the first is not
            better by as much as the margin.
        p_below: That they lie at or above the margin. Small if the first is not
            worse by as much as the margin.
    """

    pairs: int
    median: float
    low: float
    high: float
    p_value: float
    p_above: float
    p_below: float

    @property
    def p_equivalent(self) -> float:
        """That the differences lie outside the margin: two one-sided tests."""
        return max(self.p_above, self.p_below)


def compare(differences: np.ndarray, margin: float) -> Comparison:
    """Tests where paired differences lie.

    Args:
        differences: Finite numbers, one for each pair; less is better for the first.
        margin: The largest difference that is of no importance.

    Returns:
        The comparison. The bootstrap's seed is fixed.
    """
    values = np.asarray(differences, dtype=float)
    if values.size == 0:
        return Comparison(0, *[math.nan] * 6)
    median = float(np.median(values))
    if values.size == 1:
        return Comparison(1, median, *[math.nan] * 5)
    low = high = median
    if np.ptp(values):
        # Percentiles: the acceleration of BCa is not defined for most medians.
        interval = stats.bootstrap(
            (values,),
            np.median,
            n_resamples=RESAMPLES,
            confidence_level=CONFIDENCE,
            method="percentile",
            rng=np.random.default_rng(SEED),
        ).confidence_interval
        low, high = float(interval.low), float(interval.high)
    return Comparison(
        values.size,
        median,
        low,
        high,
        signed_ranks(values),
        signed_ranks(values + margin, "greater"),
        signed_ranks(values - margin, "less"),
    )


def signed_ranks(values: np.ndarray, alternative: str = "two-sided") -> float:
    """The p value of Wilcoxon's test that values lie symmetrically around zero.

    Args:
        values: One number for each pair.
        alternative: `"two-sided"`, `"greater"` or `"less"`.

    Returns:
        The p value, 1 if all values are zero. Zeros are ranked as Pratt does.
    """
    # What differs only by rounding is a tie.
    values = np.round(values, 12)
    if not values.any():
        return 1.0
    return float(
        stats.wilcoxon(values, zero_method="pratt", alternative=alternative).pvalue
    )


def paired_table(
    trials: pd.DataFrame, scores: Mapping[str, Score] = SCORES
) -> pd.DataFrame:
    """Test scores of every variant minus vanilla's, over the same draws and seeds.

    Args:
        trials: One row for each trial.
        scores: The scale of each data set.

    Returns:
        One row for each set and variant but vanilla; `pairs` counts those of which one
        at least learned something. `p_holm` is adjusted over the
        variants of a set by Holm's method; `p_equivalent`, of two one-sided tests
        that the difference is within the margin, is not.

    Raises:
        ValueError: As `ready` says, or if a set lacks vanilla.
    """
    trials = ready(trials, scores)
    need_vanilla(trials)
    rows = []
    for dataset, of_set in trials.groupby("dataset", sort=False):
        margin = scores[str(dataset)].margin
        tests = scores_by_draw(of_set)
        others = [name for name in tests if name != VANILLA]
        cap = scores[str(dataset)].cap
        found = {
            name: compare(difference(tests, name, VANILLA, cap), margin)
            for name in others
        }
        adjusted = holm([found[name].p_value for name in others])
        for name, p_holm in zip(others, adjusted, strict=True):
            rows.append(
                {
                    "dataset": dataset,
                    "variant": name,
                    "pairs": found[name].pairs,
                    "median_difference": found[name].median,
                    "low": found[name].low,
                    "high": found[name].high,
                    "p_value": found[name].p_value,
                    "p_holm": p_holm,
                    "margin": margin,
                    "p_not_better": found[name].p_above,
                    "p_equivalent": found[name].p_equivalent,
                }
            )
    return pd.DataFrame(rows, columns=list(PAIRED_COLUMNS))


PAIRED_COLUMNS = (
    "dataset",
    "variant",
    "pairs",
    "median_difference",
    "low",
    "high",
    "p_value",
    "p_holm",
    "margin",
    "p_not_better",
    "p_equivalent",
)


def scores_by_draw(trials: pd.DataFrame, column: str = "test") -> pd.DataFrame:
    """The scores of one set with a row for each draw and a column for each variant."""
    table = trials.pivot(index=PAIR, columns="variant", values=column)
    return table[in_order(table, VARIANTS)]


def difference(tests: pd.DataFrame, first: str, second: str, cap: float) -> np.ndarray:
    """The differences of two variants over the draws that both have.

    Args:
        tests: What `scores_by_draw` returns.
        first: A variant.
        second: The variant whose scores are subtracted.
        cap: The cap of the scores.

    Returns:
        The differences, without the pairs of which both are at the cap.
    """
    pairs = tests[[first, second]].dropna()
    pairs = pairs[pairs.min(axis=1) < cap]
    return (pairs[first] - pairs[second]).to_numpy()
