import keras
import numpy as np
import pytest

from keras_gated.datasets import music, speech
from reproduce.command import as_typed
from reproduce.studies.chung2014.data import load_task
from reproduce.studies.chung2014.literature import SEQUENCES_AND_STEPS
from reproduce.studies.chung2014.options import Options
from reproduce.studies.chung2014.paper import MUSIC, SPEECH
from reproduce.task import SPLITS


@pytest.mark.parametrize("dataset", MUSIC)
def test_music_predicts_every_step_from_those_before_it(dataset, data_dir):
    task = load_task(dataset, "piano", data_dir)
    data = music.load(dataset, data_dir, encoding="piano")
    assert (task.input_size, task.output_size) == (88, 88)
    assert task.encoding == "piano"
    assert task.fingerprint == data.fingerprint
    assert task.source == data.source
    assert task.data == "canonical"
    for split in SPLITS:
        rolls = getattr(data, split)
        inputs, targets = task.splits[split]
        assert len(inputs) == len(targets) == len(rolls)
        for roll, x, y in zip(rolls, inputs, targets, strict=True):
            np.testing.assert_array_equal(x, roll[:-1])
            np.testing.assert_array_equal(y, roll[1:])
            assert set(np.unique(y)) <= {0, 1}


@pytest.mark.parametrize("dataset", SEQUENCES_AND_STEPS)
def test_the_literature_counts_the_steps_of_the_real_data(dataset, data_dir):
    task = load_task(dataset, "piano", data_dir)
    for split, (sequences, steps) in SEQUENCES_AND_STEPS[dataset].items():
        _, targets = task.splits[split]
        assert (len(targets), sum(map(len, targets))) == (sequences, steps - sequences)


def test_the_paper_encoding_has_other_sizes(data_dir):
    task = load_task("nottingham", "paper", data_dir)
    assert task.encoding == "paper"
    assert task.input_size == task.output_size == 93


@pytest.mark.parametrize(
    ("dataset", "sequences", "steps", "title"),
    [
        ("speech_a", 7230, 48, "Free Spoken Digit Dataset"),
        ("speech_b", 800, 798, "Asterisk prompts"),
    ],
)
def test_speech_predicts_ten_samples_from_twenty(
    dataset, sequences, steps, title, data_dir
):
    task = load_task(dataset, "piano", data_dir)
    assert (task.data, task.encoding) == (title, "")
    assert (task.input_size, task.output_size) == (20, 420)
    assert sum(len(task.splits[split][0]) for split in SPLITS) == sequences
    for split in SPLITS:
        inputs, targets = task.splits[split]
        assert {x.shape for x in inputs} == {(steps, 20)}
        assert {y.shape for y in targets} == {(steps, 10)}
        for x, y in zip(inputs[:20], targets[:20], strict=True):
            np.testing.assert_array_equal(x[1:, 10:], y[:-1])
            np.testing.assert_array_equal(x[1:, :10], x[:-1, 10:])


def test_speech_is_that_of_the_library(data_dir):
    task = load_task("speech_a", "piano", data_dir)
    data = speech.load("fsdd", 7230, 500, data_dir=data_dir)
    assert task.fingerprint == data.fingerprint
    assert task.source == data.source


@pytest.mark.parametrize("dataset", ["nottingham", *SPEECH])
def test_head_and_loss_go_together(dataset, data_dir):
    task = load_task(dataset, "piano", data_dir)
    head = task.head()
    outputs = head(np.zeros((2, 3, 4), "float32"))
    assert tuple(outputs.shape) == (2, 3, task.output_size)
    assert head.count_params() == (4 + 1) * task.output_size
    assert task.head() is not head
    targets = np.stack([y[:3] for y in task.splits["train"][1][:2]]).astype("float32")
    values = task.loss(reduction="none")(targets, outputs)
    assert tuple(values.shape) == (2, 3)
    assert np.isfinite(keras.ops.convert_to_numpy(values)).all()


def test_a_task_is_loaded_once(data_dir):
    first = load_task("nottingham", "piano", data_dir)
    assert load_task("nottingham", "piano", data_dir) is first
    assert load_task("nottingham", "paper", data_dir) is not first


@pytest.mark.parametrize("dataset", ["nottingham", "speech_a"])
@pytest.mark.parametrize("content", [None, b"PK broken"])
def test_messages_speak_of_the_folder_as_the_commands_do(tmp_path, dataset, content):
    if content is not None:
        for name in ("nottingham", "fsdd_8khz"):
            (tmp_path / f"{name}.npz").write_bytes(content)
    with pytest.raises(ValueError) as error:
        load_task(dataset, "piano", tmp_path)
    message = as_typed(str(error.value), Options(data_dir=tmp_path))
    assert "--data-dir" in message and "data_dir" not in message
    assert str(tmp_path) in message


def test_an_unknown_data_set_is_an_error(data_dir):
    with pytest.raises(ValueError, match="'bach'"):
        load_task("bach", "piano", data_dir)
