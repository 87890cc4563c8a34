"""Pitches and intervals of tunes, and how far two sets of tunes are apart."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from keras_gated.datasets.tunes._fields import tonic
from keras_gated.datasets.tunes._melody import intervals, melody
from keras_gated.datasets.tunes.tune import Tune

Counts = npt.NDArray[np.int64]

_WIDEST = 24
"""Semitones; wider intervals are counted as this one."""

_PITCHES = 128


class Distance(NamedTuple):
    """A distance, and the interval in which it lies.

    Attributes:
        value: Of the tunes as they are.
        low: Below it are 2.5 % of the distances of tunes that are drawn from these
            with replacement.
        high: Above it are as many.
    """

    value: float
    low: float
    high: float


def count_pitches(tune: Tune) -> Counts:
    """Counts the MIDI pitches of a melody, 0 to 127.

    Args:
        tune: The tune, as written, of chords the highest note.

    Examples:
        >>> from keras_gated.datasets import tunes
        >>> counts = tunes.count_pitches(tunes.Tune("M:2/4 K:Dmaj D F D".split()))
        >>> counts.nonzero()[0].tolist(), counts[62]
        ([62, 66], np.int64(2))
    """
    return np.bincount(melody(tune), minlength=_PITCHES)


def count_degrees(tune: Tune) -> Counts:
    """Counts by how many semitones, 0 to 11, notes are above the nearest lower tonic.

    Args:
        tune: The tune, as written, of chords the highest note.

    Examples:
        >>> from keras_gated.datasets import tunes
        >>> tunes.count_degrees(tunes.Tune("M:2/4 K:Dmaj D F D d".split()))
        array([3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0])
    """
    return np.bincount((melody(tune) - tonic(tune.key)) % 12, minlength=12)


def count_intervals(tune: Tune) -> Counts:
    """Counts the intervals from note to note, -24 to 24 semitones.

    Args:
        tune: The tune, as written, of chords the highest note.

    Returns:
        Integers `(49,)`; wider intervals are counted at the ends.

    Examples:
        >>> from keras_gated.datasets import tunes
        >>> counts = tunes.count_intervals(tunes.Tune("M:2/4 K:Dmaj D F D".split()))
        >>> (counts.nonzero()[0] - 24).tolist()
        [-4, 4]
    """
    steps = np.clip(intervals(melody(tune)), -_WIDEST, _WIDEST) + _WIDEST
    return np.bincount(steps, minlength=2 * _WIDEST + 1)


def jensen_shannon(first: Any, second: Any) -> npt.NDArray[np.float64]:
    r"""Returns the distance of Jensen and Shannon.

    $$d(p, q) = \sqrt{\tfrac12 \sum_i p_i \log_2 \frac{2 p_i}{p_i + q_i}
    + \tfrac12 \sum_i q_i \log_2 \frac{2 q_i}{p_i + q_i}}$$

    Args:
        first: Counts or probabilities `(..., bins)`; they are divided by their sum.
        second: Likewise.

    Returns:
        Distances `(...)` from 0, the same, to 1, nothing in common.

    Raises:
        ValueError: For negative counts, a sum of zero, or other bins.

    Examples:
        >>> from keras_gated.datasets import tunes
        >>> tunes.jensen_shannon([[2, 2, 0], [1, 0, 0]], [0, 0, 1]).tolist()
        [1.0, 1.0]
        >>> float(tunes.jensen_shannon([3, 1], [6, 2]))
        0.0

    Reference:
        Lin, "Divergence measures based on the Shannon entropy", 1991.
    """
    p, q = (_normalised(values) for values in (first, second))
    if p.shape[-1] != q.shape[-1]:
        raise ValueError(
            f"jensen_shannon needs as many bins on both sides, received {p.shape[-1]} "
            f"and {q.shape[-1]}"
        )
    divergence = (_divergence(p, (p + q) / 2) + _divergence(q, (p + q) / 2)) / 2
    # Rounding may leave less than nothing.
    return np.sqrt(np.maximum(divergence, 0))


def compare_counts(
    tunes: Sequence[Tune],
    others: Sequence[Tune],
    count: Callable[[Tune], Any] = count_intervals,
    resamples: int = 1000,
    seed: int = 0,
) -> Distance:
    """Returns how far two sets of tunes are apart in what is counted of them.

    The counts of all tunes of a set are added up. For the interval, tunes, not notes,
    are drawn anew on both sides. Since drawing adds chance, an interval lies somewhat
    higher than what it belongs to; compare it with that of other sets of as many tunes.
    Draws in which one side has nothing to count, such as rests, are left out of it.

    Args:
        tunes: The tunes, such as generated ones.
        others: Those that they are compared with.
        count: What is counted of each tune: `count_pitches`, `count_degrees`,
            `count_intervals` or a function of your own.
        resamples: How often tunes are drawn anew.
        seed: Seed of that.

    Returns:
        The distance and its interval; NaN where one side has nothing to count.

    Raises:
        ValueError: If a set is empty or `resamples` is not positive.

    Examples:
        >>> from keras_gated.datasets import tunes
        >>> low = [tunes.Tune("M:2/4 K:Dmaj D F D F".split())]
        >>> high = [tunes.Tune("M:2/4 K:Dmaj d f d f".split())]
        >>> tunes.compare_counts(low, high, tunes.count_pitches)
        Distance(value=1.0, low=1.0, high=1.0)
        >>> tunes.compare_counts(low, high).value
        0.0
    """
    if not tunes or not others or resamples < 1:
        raise ValueError(
            "compare_counts needs tunes on both sides, and at least one resample. "
            f"Received {len(tunes)} and {len(others)} tunes and resamples={resamples}"
        )
    rng = np.random.default_rng(seed)
    sums, drawn = [], []
    for group in (tunes, others):
        counts = np.stack([count(tune) for tune in group])
        shares = np.full(len(group), 1 / len(group))
        weights = rng.multinomial(len(group), shares, size=resamples)
        sums.append(counts.sum(axis=0))
        drawn.append(weights @ counts)
    if not all(total.any() for total in sums):
        return Distance(np.nan, np.nan, np.nan)
    has_counts = np.all([draws.any(axis=1) for draws in drawn], axis=0)
    if not has_counts.any():
        return Distance(float(jensen_shannon(*sums)), np.nan, np.nan)
    found = jensen_shannon(*(draws[has_counts] for draws in drawn))
    low, high = np.quantile(found, (0.025, 0.975))
    return Distance(float(jensen_shannon(*sums)), float(low), float(high))


def _normalised(values: Any) -> npt.NDArray[np.float64]:
    values = np.asarray(values, np.float64)
    total = values.sum(axis=-1, keepdims=True)
    if values.ndim == 0 or (values < 0).any() or not (total > 0).all():
        raise ValueError(
            "jensen_shannon needs counts of at least 0 that are not all 0, received an "
            f"array of shape {values.shape} with the sums {total.ravel()[:5]}"
        )
    return np.asarray(values / total)


def _divergence(
    p: npt.NDArray[np.float64], q: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    safe = np.where(p > 0, p, 1)
    return np.asarray((p * np.log2(safe / np.where(p > 0, q, 1))).sum(axis=-1))
