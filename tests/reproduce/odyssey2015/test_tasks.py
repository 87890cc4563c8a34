import numpy as np
import pytest

from keras_gated.datasets import handwriting, phones
from reproduce.studies.odyssey2015.tasks import (
    SPLITS,
    padded,
    phones_task,
    words_task,
)


def test_phones_are_those_of_the_library(data_dir):
    task = phones_task(data_dir)
    data = phones.load("flite", data_dir=data_dir)
    assert task.data != "canonical" and list(task.measures) == ["error"]
    assert (task.input_size, task.output_size) == (120, 41)
    assert [len(task.splits[split][0]) for split in SPLITS] == [100, 60, 120]
    for split in SPLITS:
        inputs, labels = data.frames(split, stack=3)
        every = 6 if split == "train" else 1
        for x, y, frames, label in zip(
            *task.splits[split], inputs[::every], labels[::every], strict=True
        ):
            np.testing.assert_array_equal(x, frames)
            np.testing.assert_array_equal(y, label[:, None])


def test_all_voices_are_in_what_phones_are_learnt_from(data_dir):
    data = phones.load("flite", data_dir=data_dir)
    voices = [utterance.voice for utterance in data.train[::6]]
    assert {voices.count(voice) for voice in data.voice_names} == {33, 34}


def test_words_are_those_of_the_library(data_dir):
    task = words_task(data_dir)
    data = handwriting.load(
        "omniglot", (400, 100, 100), spacing=26.0, data_dir=data_dir
    )
    assert task.data != "canonical" and list(task.measures) == ["error"]
    assert (task.input_size, task.output_size) == (3, 27)
    assert task.fingerprint == data.fingerprint
    assert task.loss().most_letters == 7
    for split in SPLITS:
        offsets, labels = data.offsets(split)
        for x, y, steps, label in zip(
            *task.splits[split], offsets, labels, strict=True
        ):
            np.testing.assert_array_equal(x, steps)
            assert y.shape == (len(x), 1)
            np.testing.assert_array_equal(y[: len(label), 0], label)
            assert not y[len(label) :].any()


@pytest.mark.parametrize(
    "changed",
    [
        (phones_task, {"stack": 2}),
        (phones_task, {"every": 2}),
        (words_task, {"spacing": 19.0}),
    ],
)
def test_other_settings_are_other_data(data_dir, changed):
    make, settings = changed
    assert make(data_dir).fingerprint == make(data_dir).fingerprint
    assert make(data_dir, **settings).fingerprint != make(data_dir).fingerprint


@pytest.mark.parametrize(
    ("label", "needed"), [([], 0), ([1, 2, 3], 3), ([1, 1], 3), ([2, 2, 2, 1], 6)]
)
def test_a_label_that_no_path_reads_as_is_refused(label, needed):
    label = np.array(label, int)
    assert padded(label, needed).shape == (needed, 1)
    if needed:
        reason = f"{len(label)} letters needs {needed} steps.*Received {needed - 1}"
        with pytest.raises(ValueError, match=reason):
            padded(label, needed - 1)
