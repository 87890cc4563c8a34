"""The MATLAB files that accompany the temporal convolutional networks' code."""

from pathlib import Path

import numpy as np

from keras_gated.datasets.music._mat_file import Array, read_cells
from keras_gated.datasets.music._piano_roll import (
    PIANO_KEYS,
    SPLITS,
    PianoRoll,
    Splits,
)

_MAX_BYTES = 1 << 26


def read_mat(path: Path) -> Splits:
    """Reads cells `traindata`, `validdata`, `testdata` of `(time, 88)` 0/1 arrays.

    Raises:
        ValueError: Where the file is not of this layout.
    """
    with path.open("rb") as file:
        content = file.read(_MAX_BYTES)
    try:
        cells = read_cells(content, _MAX_BYTES)
    except ValueError as error:
        raise ValueError(f"not a readable MATLAB file: {error}") from error
    return {split: _read_split(split, cells.get(f"{split}data")) for split in SPLITS}


def _read_split(split: str, cells: list[Array] | None) -> list[PianoRoll]:
    if not cells:
        raise ValueError(f"{split}data is not a cell array of sequences")
    return [_read_roll(split, index, roll) for index, roll in enumerate(cells)]


def _read_roll(split: str, index: int, roll: Array) -> PianoRoll:
    if roll.ndim != 2 or roll.shape[0] < 1 or roll.shape[1] != PIANO_KEYS:
        raise ValueError(
            f"{split} sequence {index} has shape {roll.shape}, not (time, "
            f"{PIANO_KEYS}): one column for each pitch from 21 to 108"
        )
    if not np.isin(roll, (0, 1)).all():
        raise ValueError(f"{split} sequence {index} has entries other than 0 and 1")
    return np.ascontiguousarray(roll, np.uint8)
