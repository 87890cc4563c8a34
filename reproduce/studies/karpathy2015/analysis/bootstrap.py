"""Intervals of shares and means, by drawing anew what they were taken over."""

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

DRAWS = 2000
CONFIDENCE = 0.95


def share_interval(
    parts: Any, wholes: Any, draws: int = DRAWS, seed: int = 0
) -> tuple[float, float]:
    """The interval of a share, the sum of parts over the sum of wholes.

    Args:
        parts: A number for each of the things that are drawn: streams, units, braces.
        wholes: What each is a part of; ones for the interval of a mean.
        draws: How often as many are drawn as there are.
        seed: Of the draws.

    Returns:
        The ends of the interval of 95 %; NaN for a single thing, or where a draw has
        nothing to be a share of.
    """
    parts, wholes = (np.asarray(values, float) for values in (parts, wholes))
    if parts.size < 2:
        return np.nan, np.nan
    generator = np.random.default_rng(seed)
    chosen = generator.integers(parts.size, size=(draws, parts.size))
    total = wholes[chosen].sum(axis=1)
    if not total.all():
        return np.nan, np.nan
    found = parts[chosen].sum(axis=1) / total
    low, high = np.quantile(found, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(low), float(high)


def mean_interval(
    values: Any, draws: int = DRAWS, seed: int = 0
) -> tuple[float, float]:
    """The interval of a mean."""
    return share_interval(values, np.ones(len(values)), draws, seed)
