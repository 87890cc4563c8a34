"""What the paper reports: the share of wrong frames, and of wrong letters."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from keras_gated.datasets import SequenceBatches
from reproduce.studies.odyssey2015.losses import BLANK


def frame_error(model: keras.Model, batches: SequenceBatches) -> float:
    """The share of steps whose most probable class is another one than the target."""
    wrong = steps = 0
    for inputs, targets, weight in batches:
        best = model.predict_on_batch(inputs).argmax(axis=-1)
        counted = weight > 0
        wrong += int((counted & (best != targets[..., 0])).sum())
        steps += int(counted.sum())
    return wrong / steps


def character_error(model: keras.Model, batches: SequenceBatches) -> float:
    """Letters to insert, delete and replace, over all words, for each letter of them.

    What the model reads is the most probable class of each step, with repeated classes
    taken as one and blanks left out.
    """
    edits = letters = 0
    for inputs, targets, weight in batches:
        best = model.predict_on_batch(inputs).argmax(axis=-1)
        for path, label, counted in zip(best, targets[..., 0], weight > 0, strict=True):
            word = label[label != BLANK].astype(int).tolist()
            edits += edit_distance(collapse(path[counted]), word)
            letters += len(word)
    return edits / letters


def collapse(path: np.ndarray[Any, Any]) -> list[int]:
    """What a path of CTC reads: repeated classes are one, blanks are gone."""
    changes = np.diff(path, prepend=BLANK) != 0
    return path[changes & (path != BLANK)].tolist()


def edit_distance(found: Sequence[int], wanted: Sequence[int]) -> int:
    """The fewest insertions, deletions and replacements from one to the other."""
    row = list(range(len(wanted) + 1))
    for number, one in enumerate(found, 1):
        diagonal, row[0] = row[0], number
        for place, other in enumerate(wanted, 1):
            diagonal, row[place] = (
                row[place],
                min(row[place] + 1, row[place - 1] + 1, diagonal + (one != other)),
            )
    return row[-1]
