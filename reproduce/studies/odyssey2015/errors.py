"""What the paper reports: the share of wrong frames, and of wrong letters."""

import keras

from keras_gated.datasets import SequenceBatches
from keras_gated.decoding import collapse, edit_distance
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
            edits += edit_distance(collapse(path[counted], BLANK), word)
            letters += len(word)
    return edits / letters
