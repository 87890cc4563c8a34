"""Recordings cut into windows, and windows split by recording or by time."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Samples: TypeAlias = npt.NDArray[np.float32]
"""Samples `(time,)` or windows `(windows, time)`, in units of full scale."""

SPLITS = ("train", "valid", "test")

FEWEST_RECORDINGS = 3
"""One for each split."""

FEWEST_SEQUENCES = 6
"""One window each for valid and test, since a tenth is rounded."""


def cut(
    recordings: Iterable[Samples], length: int, silence_rms: float
) -> list[Samples]:
    """Cuts each recording into windows that do not overlap.

    Args:
        recordings: Samples of each recording.
        length: Samples of a window; what is left at the end of a recording is dropped.
        silence_rms: Windows whose root mean square is below it are dropped.

    Returns:
        Windows `(windows, length)` of each recording, which may be none.
    """
    return [_cut_recording(recording, length, silence_rms) for recording in recordings]


def _cut_recording(samples: Samples, length: int, silence_rms: float) -> Samples:
    windows = samples[: len(samples) // length * length].reshape(-1, length)
    rms = np.sqrt(np.mean(np.square(windows, dtype=np.float64), axis=1))
    loud: Samples = windows[rms >= silence_rms]
    return loud


def split_windows(
    windows: Sequence[Samples],
    lengths: Sequence[int],
    sequences: int | None,
    seed: int,
) -> dict[str, Samples]:
    """Splits windows by recording, or those of fewer than three recordings by time.

    Args:
        windows: Windows of each recording.
        lengths: Samples of each recording.
        sequences: How many windows to use; `None` for as many as can be.
        seed: Seed of the order of recordings.

    Raises:
        ValueError: Where there are too few windows; says how many would do.
    """
    most = _most(windows, seed)
    wanted = most if sequences is None else sequences
    if most < max(wanted, FEWEST_SEQUENCES):
        raise ValueError(_too_few(windows, lengths, wanted, most, seed))
    if len(windows) < FEWEST_RECORDINGS:
        return _split_by_time(np.concatenate(windows), wanted)
    return split_by_recording(windows, wanted, seed)


def _quotas(sequences: int) -> dict[str, int]:
    """The windows of each split, in the order in which recordings fill them."""
    held_out = round(sequences / 10)
    return {"test": held_out, "valid": held_out, "train": sequences - 2 * held_out}


def _split_by_time(windows: Samples, sequences: int) -> dict[str, Samples]:
    """The first windows train, the last of them test."""
    quotas = _quotas(sequences)
    ends = np.cumsum([quotas[name] for name in SPLITS])
    return dict(zip(SPLITS, np.split(windows[:sequences], ends[:-1]), strict=True))


def _order(recordings: int, seed: int) -> list[int]:
    # Of NumPy's generators this one alone never changes its stream.
    return np.random.RandomState(seed).permutation(recordings).tolist()


def _most(windows: Sequence[Samples], seed: int) -> int:
    """The most windows that can be used."""
    if len(windows) < FEWEST_RECORDINGS:
        return sum(map(len, windows))
    ends = np.cumsum([len(windows[index]) for index in _order(len(windows), seed)])

    def is_enough(sequences: int) -> bool:
        taken = 0
        for quota in _quotas(sequences).values():
            last = np.searchsorted(ends, taken + quota)
            if last == len(ends):
                return False
            taken = ends[last]
        return True

    numbers = range(int(ends[-1]), FEWEST_SEQUENCES - 1, -1)
    return next(filter(is_enough, numbers), 0)


def split_by_recording(
    windows: Sequence[Samples], sequences: int, seed: int
) -> dict[str, Samples]:
    """Chooses `sequences` windows, such that no recording is in two splits.

    Recordings in a random order fill test, then valid, then train. The one that
    fills a split gives it what fits; its other windows are not used.

    Args:
        windows: Windows of each recording.
        sequences: How many windows to use: a tenth each, rounded, for valid and test,
            the rest for train.
        seed: Seed of the order.

    Returns:
        The windows of each split.
    """
    order = iter(_order(len(windows), seed))
    splits = {}
    for name, quota in _quotas(sequences).items():
        chosen: list[Samples] = []
        missing = quota
        while missing:
            chosen.append(windows[next(order)][:missing])
            missing -= len(chosen[-1])
        splits[name] = np.concatenate(chosen)
    return {name: splits[name] for name in SPLITS}


def _too_few(
    windows: Sequence[Samples],
    lengths: Sequence[int],
    wanted: int,
    most: int,
    seed: int,
) -> str:
    there = sum(map(len, windows))
    message = (
        f"{max(wanted, FEWEST_SEQUENCES)} windows are wanted, {there} are there in "
        f"{len(windows)} recordings once near-silent ones are dropped"
    )
    if most < there:
        message += f", of which {most} can be used with no recording in two splits"
    if most >= FEWEST_SEQUENCES:
        return f"{message}. The largest number that would do is sequences={most}"
    longest = _longest_windows(lengths, seed)
    return (
        f"{message}. {FEWEST_SEQUENCES} are needed at least; the longest windows that "
        f"would do, if none is near-silent, have length={longest}"
    )


def _longest_windows(lengths: Sequence[int], seed: int) -> int:
    """The longest windows of which there are enough, with near-silent ones counted."""

    def is_too_long(length: int) -> bool:
        windows = [np.empty((samples // length, 0), np.float32) for samples in lengths]
        return _most(windows, seed) < FEWEST_SEQUENCES

    return bisect_left(range(1, max(lengths) + 1), True, key=is_too_long)
