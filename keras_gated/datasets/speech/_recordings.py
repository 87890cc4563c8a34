"""Recordings of 16-bit samples, their fingerprint and their layout on disk."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from keras_gated._archives import load_arrays
from keras_gated._files import replacing

SAMPLE_RATE = 8000
"""Samples per second of the named sources."""

Recording: TypeAlias = npt.NDArray[np.int16]

_MAX_BYTES = 1 << 26


def fingerprint(recordings: Sequence[Recording]) -> str:
    """SHA-256 of the lengths and the samples, whatever file they come in."""
    digest = hashlib.sha256(
        np.array([len(recording) for recording in recordings], "<i4").tobytes()
    )
    for recording in recordings:
        digest.update(recording.astype("<i2").tobytes())
    return digest.hexdigest()


def read_npz(path: Path) -> list[Recording]:
    """Reads `samples` (int16, all recordings end to end), `lengths` and `sample_rate`.

    Raises:
        ValueError: Where the file is not of this layout.
    """
    names = ("samples", "lengths", "sample_rate")
    samples, lengths, rate = load_arrays(path, _MAX_BYTES, names).values()
    for name, array, dtype in (
        ("samples", samples, np.int16),
        ("lengths", lengths, np.int32),
    ):
        if array.ndim != 1 or array.dtype != dtype:
            raise ValueError(
                f"{name} is {array.dtype} of shape {array.shape}, "
                f"not a 1-d array of {np.dtype(dtype)}"
            )
    if rate.shape != () or rate != SAMPLE_RATE:
        raise ValueError(f"sample_rate is {rate}, not {SAMPLE_RATE}")
    if lengths.size == 0 or lengths.min() < 1:
        raise ValueError("lengths has no recording, or one without a sample")
    if lengths.sum(dtype=np.int64) != samples.size:
        raise ValueError(
            f"the lengths add up to {lengths.sum(dtype=np.int64)} samples, "
            f"but {samples.size} samples are there"
        )
    return np.split(samples, np.cumsum(lengths, dtype=np.int64)[:-1])


def write_npz(path: Path, recordings: Sequence[Recording]) -> None:
    """Writes what `read_npz` reads, whole or not at all."""
    with replacing(path) as file:
        np.savez_compressed(
            file,
            samples=np.concatenate(recordings),
            lengths=np.array([len(recording) for recording in recordings], np.int32),
            sample_rate=np.int32(SAMPLE_RATE),
        )
