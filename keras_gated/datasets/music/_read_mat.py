"""The MATLAB files that accompany the temporal convolutional networks' code."""

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from keras_gated.datasets.music._piano_roll import (
    PIANO_KEYS,
    SPLITS,
    PianoRoll,
    Splits,
)
from keras_gated.datasets.music._unpack_mat import unpack_mat
from keras_gated.extras import needing

_MAX_BYTES = 1 << 26
_CORRUPT = (
    EOFError,
    IndexError,
    KeyError,
    MemoryError,
    NotImplementedError,
    OSError,
    OverflowError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


def read_mat(path: Path) -> Splits:
    """Reads cells `traindata`, `validdata`, `testdata` of `(time, 88)` 0/1 arrays.

    Raises:
        ImportError: Where SciPy is missing.
        ValueError: Where the file is not of this layout.
    """
    with needing(f"{path}: reading a .mat file needs SciPy", "reproduce"):
        import scipy.io
    names = [f"{split}data" for split in SPLITS]
    try:
        with path.open("rb") as file:
            content = unpack_mat(file.read(_MAX_BYTES + 1), _MAX_BYTES)
        cells = scipy.io.loadmat(io.BytesIO(content), variable_names=names)
    except (*_CORRUPT, scipy.io.matlab.MatReadError) as error:
        raise ValueError(f"not a readable MATLAB file: {error}") from error
    return {split: _read_split(split, cells.get(f"{split}data")) for split in SPLITS}


def _read_split(split: str, cells: Any) -> list[PianoRoll]:
    if cells is None or cells.dtype != object or cells.size == 0:
        raise ValueError(f"{split}data is not a cell array of sequences")
    return [_read_roll(split, index, roll) for index, roll in enumerate(cells.flat)]


def _read_roll(split: str, index: int, roll: Any) -> PianoRoll:
    if roll.ndim != 2 or roll.shape[0] < 1 or roll.shape[1] != PIANO_KEYS:
        raise ValueError(
            f"{split} sequence {index} has shape {roll.shape}, not (time, "
            f"{PIANO_KEYS}): one column for each pitch from 21 to 108"
        )
    if not np.isin(roll, (0, 1)).all():
        raise ValueError(f"{split} sequence {index} has entries other than 0 and 1")
    return np.ascontiguousarray(roll, np.uint8)
