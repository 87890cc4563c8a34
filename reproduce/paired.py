"""Paired comparisons over seeds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

SIGNIFICANCE = 0.05
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Comparison:
    """The mean of paired differences and how sure it is.

    Args:
        seeds: Number of pairs.
        mean: Mean difference; NaN without a pair.
        low: Lower end of the 95 % confidence interval; NaN with fewer than two pairs.
        high: Upper end.
        p_value: Two-sided p value of the paired t test; NaN with fewer than two pairs.
    """

    seeds: int
    mean: float
    low: float
    high: float
    p_value: float


def compare(differences: Sequence[float]) -> Comparison:
    """Tests whether the mean of paired differences is zero, by Student's t.

    Args:
        differences: One difference for each seed. Those that are not finite, because
            a trial diverged, are left out.

    Returns:
        The comparison. If all differences are equal there is no spread to test
        against: the interval is a point, and p is 1 for zero and 0 otherwise.
    """
    values = np.array([d for d in differences if math.isfinite(d)], dtype=float)
    if values.size == 0:
        return Comparison(0, math.nan, math.nan, math.nan, math.nan)
    mean = float(values.mean())
    if values.size == 1:
        return Comparison(1, mean, math.nan, math.nan, math.nan)
    if np.ptp(values) == 0:
        return Comparison(values.size, mean, mean, mean, 1.0 if mean == 0 else 0.0)
    test = stats.ttest_1samp(values, 0.0)
    interval = test.confidence_interval(CONFIDENCE)
    return Comparison(
        values.size,
        mean,
        float(interval.low),
        float(interval.high),
        float(test.pvalue),
    )


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusts the p values of a family of tests by Holm's method.

    Args:
        p_values: The p values. NaN stands for a test that could not be made: it stays
            NaN and does not count.

    Returns:
        The adjusted p values in the same order.

    Examples:
        >>> from reproduce.paired import holm
        >>> holm([0.01, 0.5, 0.02])
        [0.03, 0.5, 0.04]
    """
    adjusted = [math.nan] * len(p_values)
    made = [i for i, p in enumerate(p_values) if not math.isnan(p)]
    running = 0.0
    for position, index in enumerate(sorted(made, key=lambda i: p_values[i])):
        running = max(running, min(1.0, (len(made) - position) * p_values[index]))
        adjusted[index] = running
    return adjusted
