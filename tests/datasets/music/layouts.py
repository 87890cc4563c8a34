"""Writes piano rolls in the compact layout, broken ones included."""

import io

import numpy as np
import pytest

from keras_gated.datasets.music._catalogue import REBUILT
from keras_gated.datasets.music._read import read_canonical

TUNES = {
    "train": [[[60, 64, 67], [], [21, 108]], [[], [60]]],
    "valid": [[[62]]],
    "test": [[[60, 72], [59]], [[], []]],
}


def arrays_of(splits):
    """The nine arrays of the npz layout, from lists of lists of lists of pitches."""
    arrays = {}
    for split, sequences in splits.items():
        steps = [step for sequence in sequences for step in sequence]
        notes = [note for step in steps for note in step]
        arrays[f"{split}_lengths"] = np.array([len(s) for s in sequences], np.int32)
        arrays[f"{split}_step_sizes"] = np.array([len(step) for step in steps], "u1")
        arrays[f"{split}_notes"] = np.array(notes, np.uint8)
    return arrays


def npz(splits, **changed):
    file = io.BytesIO()
    np.savez_compressed(file, **{**arrays_of(splits), **changed})
    return file.getvalue()


def rolls_of(sequences, columns=88):
    rolls = []
    for sequence in sequences:
        roll = np.zeros((len(sequence), columns), np.uint8)
        for time, step in enumerate(sequence):
            roll[time, [pitch - 21 for pitch in step]] = 1
        rolls.append(roll)
    return rolls


def write(folder, content):
    """Writes what stands for the file made of music21's scores."""
    path = folder / REBUILT
    path.write_bytes(content)
    return path


def assert_refused(path, reason):
    """The error names the file, the set, the reason and the way out."""
    before = sorted(path.parent.iterdir())
    with pytest.raises(ValueError, match=f"(?s){reason}") as error:
        read_canonical(path, "jsb_chorales")
    message = str(error.value)
    assert str(path) in message
    assert "data set jsb_chorales" in message
    assert "Remove the file" in message and "data_dir" in message
    assert "mdata/JSB_Chorales.mat or https://" in message
    assert sorted(path.parent.iterdir()) == before
