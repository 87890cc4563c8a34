"""The melody of a tune as a row of pitches."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from keras_gated.datasets.tunes.tune import Note, Tune

Pitches = npt.NDArray[np.int64]


def melody(tune: Tune) -> Pitches:
    """The pitches in the order in which they are written, of chords the highest."""
    return pitches_of(tune.notes(repeats=False))


def pitches_of(notes: Sequence[Note]) -> Pitches:
    """The pitches of notes, of those that begin together the highest."""
    highest = {note.onset: note.pitch for note in sorted(notes)}
    return np.array(list(highest.values()), np.int64)


def intervals(pitches: npt.NDArray[Any]) -> Pitches:
    """From each pitch to the next, in semitones."""
    return np.diff(pitches)
