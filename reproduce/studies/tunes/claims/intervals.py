"""Intervals of means over tunes and seeds, by drawing both anew."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reproduce.task import Array

DRAWS = 2000
ENDS = (0.025, 0.975)


@dataclass(frozen=True)
class Estimate:
    """A mean, and the interval of 95 % in which it lies; NaN if there is none."""

    mean: float
    low: float
    high: float


NOTHING = Estimate(np.nan, np.nan, np.nan)


def mean_of(groups: Sequence[Array], others: Sequence[Array] = ()) -> Estimate:
    """The mean over groups of their means, less that of others.

    Seeds are drawn anew, and the tunes of each that is drawn. With a single seed only
    tunes are, and the interval knows nothing of the chance of training.

    Args:
        groups: The values of the tunes of each seed.
        others: Those of what they are compared with.
    """
    if not _are_there(groups) or (others and not _are_there(others)):
        return NOTHING
    generator = np.random.default_rng(0)
    mean = float(np.mean([group.mean() for group in groups]))
    drawn = _drawn(groups, generator)
    if others:
        mean -= float(np.mean([group.mean() for group in others]))
        drawn = drawn - _drawn(others, generator)
    low, high = np.quantile(drawn, ENDS)
    return Estimate(mean, float(low), float(high))


def _are_there(groups: Sequence[Array]) -> bool:
    return bool(groups) and all(group.size for group in groups)


def _drawn(groups: Sequence[Array], generator: np.random.Generator) -> Array:
    """The means of draws, `(DRAWS,)`."""
    total = np.zeros(DRAWS)
    for _ in groups:
        which = generator.integers(len(groups), size=DRAWS)
        means = np.stack([_drawn_means(group, generator) for group in groups])
        total += means[which, np.arange(DRAWS)]
    return total / len(groups)


def _drawn_means(values: Array, generator: np.random.Generator) -> Array:
    """Means of as many values drawn anew."""
    return values[generator.integers(values.size, size=(DRAWS, values.size))].mean(1)
