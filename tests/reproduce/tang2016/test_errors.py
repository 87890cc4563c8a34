from types import SimpleNamespace

import numpy as np
import pytest

from keras_gated.datasets import SequenceBatches
from reproduce.studies.tang2016.data import DELAY, speech_task
from reproduce.studies.tang2016.errors import frame_error, phone_error
from tests.reproduce.tang2016.tiny import speech, task_of

CLASSES = 5


def says(*paths):
    """A model whose most probable classes are `paths`, and others at padding."""
    paths = iter(paths)

    def predict_on_batch(inputs):
        logits = np.zeros((*inputs.shape[:2], CLASSES))
        logits[..., 4] = 1
        for row, counted in enumerate(inputs.any(axis=(1, 2))):
            if counted:
                path = next(paths)
                logits[row, range(len(path)), path] = 9
        return logits

    return SimpleNamespace(predict_on_batch=predict_on_batch)


def batches(targets):
    inputs = [np.ones((len(target), 1)) for target in targets]
    targets = [np.array(target)[:, None] for target in targets]
    return SequenceBatches(inputs, targets, 2, shuffle=False, padded_lengths=1)


def test_frames_before_the_delay_do_not_count():
    wanted = [[0, 0, 1, 1, 2], [3, 3, 0], [1, 1, 2, 2]]
    found = [[4, 4, 1, 2, 2], [0, 0, 0], [1, 1, 1, 1]]
    assert frame_error(says(*found), batches(wanted), delay=2) == 3 / 6
    assert frame_error(says(*found), batches(wanted), delay=0) == 7 / 12
    assert frame_error(says(*wanted), batches(wanted), delay=2) == 0


def test_phones_of_frames_are_their_runs():
    wanted = [[9, 1, 1, 2, 2], [9, 3, 3]]
    found = [[0, 1, 2, 1, 2], [0, 1, 2]]
    # 1212 for 12, and 12 for 3.
    error = phone_error(says(*found), batches(wanted), blank=None, delay=1)
    assert error == (2 + 2) / 3


def test_phones_of_ctc_are_between_blanks():
    wanted = [[1, 1, 2, 0, 0], [3, 0, 0]]
    found = [[1, 0, 1, 1, 2], [0, 0, 0]]
    assert phone_error(says(*found), batches(wanted), blank=0, delay=5) == 1 / 4


def test_a_task_of_frames_says_each_phone_later():
    data, task = speech(), task_of("frames")
    for split in ("train", "test"):
        scaled, labels = data.frames(split)
        for given, target, frames, phones in zip(
            *task.splits[split], scaled, labels, strict=True
        ):
            assert len(given) == len(target) == len(frames) + DELAY
            np.testing.assert_array_equal(given[: len(frames)], frames)
            np.testing.assert_array_equal(given[len(frames) :], [frames[-1]] * DELAY)
            np.testing.assert_array_equal(target[DELAY:, 0], phones)
    assert task.output_size == 4 and set(task.measures) == {
        "frame_error",
        "phone_error",
    }


def test_a_task_of_ctc_has_its_labels():
    data, task = speech(), task_of("ctc")
    for target, label in zip(
        task.splits["valid"][1], data.labels("valid"), strict=True
    ):
        np.testing.assert_array_equal(target[: len(label), 0], label)
        assert not target[len(label) :].any()
    assert task.output_size == 5 and set(task.measures) == {"phone_error"}
    assert task.fingerprint != task_of("frames").fingerprint


def test_sentences_that_ctc_cannot_learn_are_named():
    data = speech()
    data.valid[0].phones[:] = 99
    with pytest.raises(ValueError, match="Label 0 has 100, which is no symbol"):
        speech_task(data, "ctc")
