"""The compact layout: three arrays per split in one `.npz` file."""

from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from keras_gated._archives import load_arrays
from keras_gated._files import replacing
from keras_gated.datasets.music._piano_roll import (
    SPLITS,
    PianoRoll,
    Splits,
    from_notes,
    to_notes,
)

_MAX_BYTES = 1 << 23
_ARRAYS = {"lengths": np.int32, "step_sizes": np.uint8, "notes": np.uint8}


def read_npz(source: Path | IO[bytes]) -> Splits:
    """Reads the compact layout.

    Each split `S` has `S_lengths` (int32, steps of each sequence), `S_step_sizes`
    (uint8, notes at each step) and `S_notes` (uint8, MIDI pitches, ascending within
    a step).

    Raises:
        ValueError: Where the file is not of this layout.
    """
    names = [f"{split}_{kind}" for split in SPLITS for kind in _ARRAYS]
    arrays = load_arrays(source, _MAX_BYTES, names)
    return {split: _read_split(split, arrays) for split in SPLITS}


def write_npz(path: Path, splits: Splits) -> None:
    """Writes the compact layout, whole or not at all."""
    arrays: dict[str, Any] = {
        f"{split}_{kind}": array
        for split in SPLITS
        for kind, array in zip(_ARRAYS, to_notes(splits[split]), strict=True)
    }
    with replacing(path) as file:
        np.savez_compressed(file, **arrays)


def _read_split(split: str, arrays: dict[str, npt.NDArray[Any]]) -> list[PianoRoll]:
    for kind, dtype in _ARRAYS.items():
        array = arrays[f"{split}_{kind}"]
        if array.ndim != 1 or array.dtype != dtype:
            raise ValueError(
                f"{split}_{kind} is {array.dtype} of shape {array.shape}, "
                f"not a 1-d array of {np.dtype(dtype)}"
            )
    lengths, step_sizes, notes = (arrays[f"{split}_{kind}"] for kind in _ARRAYS)
    rolls = from_notes(split, lengths, step_sizes, notes)
    step_of_note = np.repeat(np.arange(step_sizes.size), step_sizes)
    descends = np.diff(notes.astype(np.int16)) <= 0
    if np.any(descends & (np.diff(step_of_note) == 0)):
        raise ValueError(f"{split}_notes do not ascend within every step")
    return rolls
