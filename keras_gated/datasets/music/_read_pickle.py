"""The upstream pickles, which Python 2 wrote and which call NumPy for every note.

Only their published bytes come here: nothing else is read, and nothing is checked.
"""

import io
import lzma
import pickle
from itertools import chain
from typing import Any

import numpy as np

from keras_gated.datasets.music._piano_roll import (
    SPLITS,
    PianoRoll,
    Splits,
    from_notes,
)


class _Int64:
    """Stands in for `numpy.dtype`: all notes are integers of 8 bytes."""

    def __init__(self, *_: Any) -> None:
        pass

    def __setstate__(self, _: Any) -> None:
        pass


def _integer(_: _Int64, content: str) -> int:
    return int.from_bytes(content.encode("latin1"), "little")


_FUNCTIONS = {
    ("numpy", "dtype"): _Int64,
    ("numpy.core.multiarray", "scalar"): _integer,
}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        return _FUNCTIONS[module, name]


def read_packed_pickle(content: bytes) -> Splits:
    """Reads what `read_pickle` reads, packed by xz."""
    return read_pickle(lzma.decompress(content))


def read_pickle(content: bytes) -> Splits:
    """Reads a dictionary of splits, each a list of lists of lists of MIDI pitches."""
    splits = _Unpickler(io.BytesIO(content), encoding="latin1").load()
    return {split: _read_split(split, splits[split]) for split in SPLITS}


def _read_split(split: str, sequences: list[list[list[int]]]) -> list[PianoRoll]:
    steps = list(chain.from_iterable(sequences))
    return from_notes(
        split,
        np.array([len(sequence) for sequence in sequences]),
        np.array([len(step) for step in steps]),
        np.array(list(chain.from_iterable(steps))),
    )
