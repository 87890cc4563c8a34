import itertools
from types import SimpleNamespace

import numpy as np
import pytest

from keras_gated.datasets import SequenceBatches
from reproduce.studies.odyssey2015.errors import (
    character_error,
    collapse,
    edit_distance,
    frame_error,
)
from tests.reproduce.odyssey2015.ctc_reference import reads_as

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


def test_every_short_path_collapses_as_its_definition_says():
    for path in itertools.product(range(3), repeat=5):
        assert collapse(np.array(path)) == reads_as(path)


def by_recursion(found, wanted):
    """The fewest edits, straight from their definition."""
    if not found or not wanted:
        return len(found) + len(wanted)
    return min(
        1 + by_recursion(found[1:], wanted),
        1 + by_recursion(found, wanted[1:]),
        (found[0] != wanted[0]) + by_recursion(found[1:], wanted[1:]),
    )


def test_edit_distance_of_all_short_words():
    words = [
        word for length in range(4) for word in itertools.product((1, 2), repeat=length)
    ]
    for found, wanted in itertools.product(words, words):
        assert edit_distance(found, wanted) == by_recursion(found, wanted)


@pytest.mark.parametrize(
    ("found", "wanted", "edits"),
    [("kitten", "sitting", 3), ("flaw", "lawn", 2), ("", "abc", 3), ("abc", "abc", 0)],
)
def test_edit_distance_of_known_words(found, wanted, edits):
    assert edit_distance(found, wanted) == edits
