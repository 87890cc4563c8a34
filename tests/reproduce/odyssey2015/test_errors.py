from types import SimpleNamespace

import numpy as np

from keras_gated.datasets import SequenceBatches
from reproduce.studies.odyssey2015.errors import character_error, frame_error

CLASSES = 4


def says(*paths):
    """A model whose most probable classes are `paths`, and random at padding."""
    paths = iter(paths)

    def predict_on_batch(inputs):
        rng = np.random.default_rng(0)
        logits = rng.normal(size=(*inputs.shape[:2], CLASSES))
        for row, counted in enumerate(inputs.any(axis=(1, 2))):
            if counted:
                path = next(paths)
                logits[row, range(len(path)), path] = 9
        return logits

    return SimpleNamespace(predict_on_batch=predict_on_batch)


def batches(labels, steps, batch_size=2):
    inputs = [np.ones((count, 1)) for count in steps]
    targets = [np.zeros((count, 1)) for count in steps]
    for target, label in zip(targets, labels, strict=True):
        target[: len(label), 0] = label
    return SequenceBatches(inputs, targets, batch_size, shuffle=False, padded_lengths=1)


def test_frame_error_counts_every_step_of_every_sequence_once():
    found = [[1, 2, 3, 0], [0, 0], [3]]
    wanted = [[1, 2, 0, 0], [0, 3], [3]]
    assert frame_error(says(*found), batches(wanted, [4, 2, 1])) == 2 / 7
    assert frame_error(says(*wanted), batches(wanted, [4, 2, 1])) == 0


def test_character_error_counts_edits_for_each_letter():
    found = [[1, 1, 0, 1, 2], [0, 0, 0], [3, 0, 0, 2]]
    wanted = [[1, 1, 2], [2, 1], [3]]
    # Read 112, nothing and 32: no edit, two insertions, one deletion.
    assert character_error(says(*found), batches(wanted, [5, 3, 4])) == 3 / 6
