"""Recordings cut into windows, and windows split by recording."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Samples: TypeAlias = npt.NDArray[np.float32]
"""Samples `(time,)` or windows `(windows, time)`, in units of full scale."""

SPLITS = ("train", "valid", "test")


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

    Raises:
        ValueError: Where there are too few windows.
    """
    held_out = round(sequences / 10)
    quotas = {"test": held_out, "valid": held_out, "train": sequences - 2 * held_out}
    # Of NumPy's generators this one alone never changes its stream.
    order = iter(np.random.RandomState(seed).permutation(len(windows)))
    splits = {}
    for name, quota in quotas.items():
        chosen: list[Samples] = []
        missing = quota
        while missing:
            recording = next(order, None)
            if recording is None:
                raise ValueError(_too_few(windows, sequences, name, quota, missing))
            chosen.append(windows[recording][:missing])
            missing -= len(chosen[-1])
        splits[name] = np.concatenate(chosen)
    return {name: splits[name] for name in SPLITS}


def _too_few(
    windows: Sequence[Samples], sequences: int, split: str, quota: int, missing: int
) -> str:
    there = sum(len(recording) for recording in windows)
    message = (
        f"{sequences} windows are wanted, {there} are there in {len(windows)} "
        "recordings once near-silent ones are dropped"
    )
    if there < sequences:
        return message
    return (
        f"{message}, but split by recording {split} gets {quota - missing} of the "
        f"{quota} it needs"
    )
