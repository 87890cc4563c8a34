"""A trial from its beginning to what it leaves, on made-up speech."""

import keras
import numpy as np
import pytest

from reproduce.studies.tang2016.findings import (
    DENSITY,
    RESPONSES,
    WAY,
    look_into,
    mean_curve,
    noises,
)
from reproduce.studies.tang2016.sizes import model_parameters, units_for
from reproduce.studies.tang2016.training import RecogniserTraining, nats
from reproduce.training.left import load_left
from reproduce.training.trial import run_trial
from tests.reproduce.tang2016.tiny import NAMES, speech, task_of, trial_of

TRAINING = RecogniserTraining()


@pytest.mark.parametrize("unit", ["lstm", "gru", "tanh"])
@pytest.mark.parametrize("directions", [1, 2])
def test_models_are_of_equal_size(unit, directions):
    task = task_of()
    units = units_for(unit, 32, 3, directions, task.input_size, task.output_size)
    direction = "both" if directions == 2 else "forward"
    trial = trial_of(task, unit, units=units, layers=3, direction=direction)
    model = TRAINING.build(trial, task)
    sizes = (3, directions, task.input_size, task.output_size)
    assert model.count_params() == model_parameters(unit, units, *sizes)
    budget = model_parameters("lstm", 32, 3, 1, task.input_size, task.output_size)
    assert abs(model.count_params() - budget) < 0.06 * budget
    assert TRAINING.parameters(model)["total"] == model.count_params()


def test_a_trial_learns_frames_and_leaves_its_memory(tmp_path):
    task = task_of()
    trial = trial_of(task, "gru", max_epochs=12)
    record = run_trial(TRAINING, trial, task, tmp_path, lambda *_: None)
    # Of four phones.
    assert record.score("frame_error", "test") < 0.3
    assert record.score("nll", "test") < 0.6 * np.log(4)
    assert record.history["valid_nll"][record.best_epoch - 1] == pytest.approx(
        record.score("nll", "valid"), rel=1e-4
    )
    left = load_left(trial, tmp_path)
    assert len(left[DENSITY]) == 2 and len(left[WAY]) == 3
    assert left[RESPONSES][1].shape == (len(NAMES), trial.units)
    found = list(noises(left))
    assert {(n.kind, n.level, n.layer) for n in found} == {
        (kind, level, layer)
        for kind in ("white", "babble")
        for level in (0, -10)
        for layer in (1, 2)
    }
    for of_layer in found:
        assert of_layer.curve[0] == 1 and len(of_layer.curve) > 10
        assert of_layer.half_life > 0


def test_a_trial_learns_by_ctc(tmp_path):
    task = task_of("ctc")
    trial = trial_of(task, "gru", max_epochs=15)
    record = run_trial(TRAINING, trial, task, tmp_path, lambda *_: None)
    # One that says nothing has 1, one that says the same of all sentences 0.9.
    assert record.score("phone_error", "test") < 0.8
    # The history has nats per sentence, the scores nats per frame.
    frames = np.mean([len(frames) for frames in task.splits["valid"][0]])
    assert record.history["valid_nll"][record.best_epoch - 1] == pytest.approx(
        frames * record.score("nll", "valid"), rel=1e-4
    )
    assert load_left(trial, tmp_path) == {}


def test_nats_count_frames_and_not_padding():
    for objective in ("frames", "ctc"):
        task = task_of(objective)
        model = TRAINING.build(trial_of(task, "tanh"), task)
        loss = task.loss(reduction="none")
        batches = TRAINING.evaluation_batches(task)["test"]
        found = nats(model, loss, batches)
        sums, frames = [], []
        for inputs, target in zip(*task.splits["test"], strict=True):
            logits = model.predict_on_batch(inputs[np.newaxis])
            alone = loss(target[np.newaxis], logits)
            sums.append(keras.ops.convert_to_numpy(alone).sum())
            frames.append(len(inputs))
        assert found["pooled"] == pytest.approx(sum(sums) / sum(frames), rel=1e-4)
        each = np.divide(sums, frames).mean()
        assert found["per_sequence"] == pytest.approx(each, rel=1e-4)


def test_shortcuts_add_the_input_of_a_layer():
    task = task_of()
    plain, short = (
        TRAINING.build(trial_of(task, shortcuts=shortcuts), task)
        for shortcuts in (False, True)
    )
    assert plain.count_params() == short.count_params()
    for target, source in zip(short.weights, plain.weights, strict=True):
        target.assign(keras.ops.copy(source.value))
    x = task.splits["test"][0][0][np.newaxis]
    first, second, head = (layer for layer in plain.layers if layer.weights)
    below = first(x)
    expected = head(below + second(below))
    np.testing.assert_allclose(
        short.predict_on_batch(x), keras.ops.convert_to_numpy(expected), atol=1e-5
    )


def test_both_ways_begin_at_the_end_of_the_sentence():
    task = task_of()
    model = TRAINING.build(trial_of(task, direction="both", units=3), task)
    x = task.splits["test"][0][0][np.newaxis]
    longer = np.pad(x, ((0, 0), (0, 9), (0, 0)))
    np.testing.assert_allclose(
        model.predict_on_batch(longer)[:, : x.shape[1]],
        model.predict_on_batch(x),
        atol=1e-5,
    )


def test_noise_of_a_seed_is_the_same_for_all_models():
    task, data = task_of(), speech()
    trial = trial_of(task)
    model = TRAINING.build(trial, task)
    one, other = (look_into(model, trial, data) for _ in range(2))
    for name in one:
        for first, second in zip(one[name], other[name], strict=True):
            np.testing.assert_array_equal(first, second)


def test_mean_curve_goes_as_far_as_half_of_the_sentences():
    distances = np.array(
        [[4, 2, 1, 1], [2, 1, np.nan, np.nan], [2, np.nan] + [np.nan] * 2]
    )
    curve = mean_curve(distances)
    np.testing.assert_allclose(curve, np.array([8 / 3, 1.5]) / (8 / 3))
