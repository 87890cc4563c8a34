"""A piano roll as notes: steps that follow each other are one held note."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

LOWEST_PITCH = 21
"""MIDI pitch of the first column, the lowest key of a piano."""

HIGHEST_MIDI_PITCH = 127


class Note(NamedTuple):
    """A note.

    Attributes:
        pitch: MIDI pitch; 60 is the middle C.
        start: The step in which it begins.
        end: The step after its last one.
    """

    pitch: int
    start: int
    end: int


def read_notes(roll: Any, lowest_pitch: int = LOWEST_PITCH) -> list[Note]:
    """The notes of a piano roll, by their beginning and pitch.

    Args:
        roll: Zeros and ones `(steps, pitches)`.
        lowest_pitch: MIDI pitch of the first column.

    Raises:
        ValueError: If `roll` is something else, or has columns for pitches outside of
            0 to 127.
    """
    roll = np.asarray(roll)
    if roll.ndim != 2 or 0 in roll.shape or not np.isin(roll, (0, 1)).all():
        raise ValueError(
            "A piano roll is an array of zeros and ones of shape (steps, pitches), "
            f"not empty. Received an array of shape {roll.shape} and dtype "
            f"{roll.dtype}."
        )
    highest = lowest_pitch + roll.shape[1] - 1
    if lowest_pitch < 0 or highest > HIGHEST_MIDI_PITCH:
        raise ValueError(
            f"A piano roll of {roll.shape[1]} columns from lowest_pitch={lowest_pitch} "
            f"on reaches pitch {highest}; MIDI has the pitches 0 to "
            f"{HIGHEST_MIDI_PITCH}."
        )
    changes = np.diff(roll.astype(np.int8), axis=0, prepend=0, append=0)
    # Sorted by column, then by step: every beginning has the end of the same rank.
    columns, starts = np.nonzero(changes.T == 1)
    _, ends = np.nonzero(changes.T == -1)
    notes = _as_notes(columns + lowest_pitch, starts, ends)
    return sorted(notes, key=lambda note: (note.start, note.pitch))


def _as_notes(*columns: npt.NDArray[np.intp]) -> list[Note]:
    return [Note(*map(int, row)) for row in zip(*columns, strict=True)]
