"""The upstream pickles, read without ever running what a pickle asks for."""

import io
import lzma
import pickle
import re
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from keras_gated.datasets.music._piano_roll import (
    SPLITS,
    PianoRoll,
    Splits,
    from_notes,
)

_MAX_BYTES = 1 << 26
_CORRUPT = (
    AttributeError,
    EOFError,
    IndexError,
    KeyError,
    MemoryError,
    OverflowError,
    RecursionError,
    TypeError,
    ValueError,
    pickle.UnpicklingError,
)


def read_pickle(path: Path) -> Splits:
    """Reads a dictionary of splits, each a list of lists of lists of MIDI pitches.

    The upstream files were written by Python 2 and call NumPy once for every note.
    These two calls are imitated here; any other makes the file unreadable.

    Args:
        path: A pickle, or a pickle packed by xz if the name ends in `.xz`.

    Raises:
        ValueError: Where the file is not of this layout, or asks for anything else.
    """
    content = _read_bytes(path)
    try:
        splits = _NotesUnpickler(io.BytesIO(content), encoding="latin1").load()
    except _CORRUPT as error:
        raise ValueError(f"not a pickle of notes: {error}") from error
    if not isinstance(splits, dict) or not set(SPLITS) <= splits.keys():
        raise ValueError(f"not a dictionary of {', '.join(SPLITS)}")
    return {split: _read_split(split, splits[split]) for split in SPLITS}


def _read_bytes(path: Path) -> bytes:
    try:
        with lzma.open(path) if path.suffix == ".xz" else path.open("rb") as file:
            content: bytes = file.read(_MAX_BYTES + 1)
    except (EOFError, lzma.LZMAError) as error:
        raise ValueError(f"not a whole xz file: {error}") from error
    if len(content) > _MAX_BYTES:
        raise ValueError(f"holds more than {_MAX_BYTES} bytes")
    return content


def _read_split(split: str, sequences: Any) -> list[PianoRoll]:
    _check_lists(f"{split} is", [sequences])
    _check_lists(f"{split} has a sequence that is", sequences)
    steps = list(chain.from_iterable(sequences))
    _check_lists(f"{split} has a step that is", steps)
    notes = list(chain.from_iterable(steps))
    if any(type(note) is not int or note.bit_length() > 62 for note in notes):
        raise ValueError(f"{split} has a note that is no MIDI pitch")
    return from_notes(
        split,
        np.array([len(sequence) for sequence in sequences], np.int64),
        np.array([len(step) for step in steps], np.int64),
        np.array(notes, np.int64),
    )


def _check_lists(what: str, values: Any) -> None:
    for value in values:
        if not isinstance(value, list | tuple):
            raise ValueError(f"{what} a {type(value).__name__}, not a list")


class _Dtype:
    """Stands in for `numpy.dtype`, of integers only."""

    __slots__ = ("byteorder", "signed", "size")

    def __init__(self, code: str, align: int = 0, copy: int = 1) -> None:
        if not re.fullmatch("[iu][1248]", code):
            raise ValueError(f"no integer dtype: {code!r}")
        self.signed = code[0] == "i"
        self.size = int(code[1])
        self.byteorder = "<"

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.byteorder = state[1]


class _Scalar:
    """Stands in for `numpy.core.multiarray.scalar`."""

    # No attributes: a pickle may set those of anything it can name.
    __slots__ = ()

    def __call__(self, dtype: _Dtype, content: str | bytes) -> int:
        if isinstance(content, str):
            content = content.encode("latin1")
        if type(dtype) is not _Dtype or len(content) != dtype.size:
            raise ValueError(f"no integer of {content!r}")
        if dtype.byteorder == ">":
            content = content[::-1]
        return int.from_bytes(content, "little", signed=dtype.signed)


_ALLOWED = {
    ("numpy", "dtype"): _Dtype,
    ("numpy.core.multiarray", "scalar"): _Scalar(),
    ("numpy._core.multiarray", "scalar"): _Scalar(),
}


class _NotesUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}, refused")
        return _ALLOWED[module, name]
