"""The upstream pickles, read without ever running what a pickle asks for."""

import lzma
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
from keras_gated.datasets.music._unpickle import unpickle

_MAX_BYTES = 1 << 26
_MAX_STEPS = 1 << 20
_MAX_NOTES = 1 << 22


def read_pickle(path: Path) -> Splits:
    """Reads a dictionary of splits, each a list of lists of lists of MIDI pitches.

    The upstream files were written by Python 2 and call NumPy once for every note.
    These two calls are imitated; any other makes the file unreadable.

    Args:
        path: A pickle, or a pickle packed by xz if the name ends in `.xz`.

    Raises:
        ValueError: Where the file is not of this layout, or asks for anything else.
    """
    content = _read_bytes(path)
    try:
        splits = unpickle(content)
    except ValueError as error:
        raise ValueError(f"not a pickle of notes: {error}") from error
    if not isinstance(splits, dict) or not set(SPLITS) <= splits.keys():
        raise ValueError(f"not a dictionary of {', '.join(SPLITS)}")
    return {split: _read_split(split, splits[split]) for split in SPLITS}


def _read_bytes(path: Path) -> bytes:
    try:
        with lzma.open(path) if path.suffix == ".xz" else path.open("rb") as file:
            content: bytes = file.read(_MAX_BYTES + 1)
    except (EOFError, MemoryError, lzma.LZMAError) as error:
        raise ValueError(f"not a whole xz file: {error}") from error
    if len(content) > _MAX_BYTES:
        raise ValueError(f"holds more than {_MAX_BYTES} bytes")
    return content


def _read_split(split: str, sequences: Any) -> list[PianoRoll]:
    _check_lists(f"{split} is", [sequences])
    _check_lists(f"{split} has a sequence that is", sequences)
    # A few bytes of a pickle repeat a list of any length.
    _check_length(f"the sequences in {split} have", "steps", sequences, _MAX_STEPS)
    steps = list(chain.from_iterable(sequences))
    _check_lists(f"{split} has a step that is", steps)
    _check_length(f"the steps in {split} have", "notes", steps, _MAX_NOTES)
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


def _check_length(what: str, unit: str, lists: Any, most: int) -> None:
    length = sum(map(len, lists))
    if length > most:
        raise ValueError(f"{what} {length} {unit}, at most {most}")
