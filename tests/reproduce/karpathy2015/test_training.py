"""A trial from its beginning to what it leaves, on a text of made-up code."""

import math
import random

import keras
import numpy as np
import pytest

from reproduce.studies.karpathy2015.characters import log_probabilities, log_softmax
from reproduce.studies.karpathy2015.findings import (
    CHARACTERS,
    COURSE,
    LONGEST,
    TEXT,
    error_tree_of,
    saturation_of,
)
from reproduce.studies.karpathy2015.training import CharacterTraining
from reproduce.studies.karpathy2015.watching import copy_weights
from reproduce.training.left import load_left
from reproduce.training.trial import run_trial
from tests.reproduce.karpathy2015.tiny import WINDOW, task_of, trial_of

TRAINING = CharacterTraining()


@pytest.mark.everywhere
@pytest.mark.parametrize("unit", ["lstm", "tanh"])
def test_states_are_carried_through_the_test_text(unit):
    task = task_of()
    trial = trial_of(task, unit, units=8)
    model = TRAINING.build(trial, task)
    twin = TRAINING.build(trial, task, is_stateful=False)
    for variable in model.trainable_variables:
        # States that matter.
        variable.assign(keras.random.normal(variable.shape, stddev=0.6, seed=1))
    copy_weights(model, twin)
    streams = task.text.test
    assert streams.shape[1] > WINDOW + 1
    found = log_probabilities(model, task.windows("test"))
    every = log_softmax(twin.predict_on_batch(streams[:, :-1]))
    expected = np.take_along_axis(every, streams[:, 1:, np.newaxis], -1)[..., 0]
    np.testing.assert_allclose(found, expected, atol=1e-5)
    # Nothing is left of it for the next pass.
    again = log_probabilities(model, task.windows("test"))
    np.testing.assert_array_equal(again, found)


def test_a_trial_learns_and_leaves_what_its_score_is_of(tmp_path):
    task = task_of()
    trial = trial_of(task, "gru", layers=1, epochs=8)
    record = run_trial(TRAINING, trial, task, tmp_path, lambda *_: None)
    scores = [record.score("nll", split) for split in ("valid", "test")]
    assert max(scores) < 0.8 * np.log(task.input_size)
    assert record.history["valid_nll"][record.best_epoch - 1] == pytest.approx(
        scores[0], rel=1e-5
    )
    left = load_left(trial, tmp_path)
    assert list(left) == [CHARACTERS]
    assert -left[CHARACTERS][0].mean() == pytest.approx(scores[1], rel=1e-5)
    assert load_left(trial_of(task, "gru", layers=1), tmp_path) == {}


def test_what_is_looked_into_and_watched(tmp_path):
    # One window of validation: what is watched is its score.
    task = task_of(window=60)
    assert task.text.valid.shape == (4, 61)
    trial = trial_of(task, epochs=2, protocol="ours")
    assert trial.is_looked_into and trial.is_watched
    record = run_trial(TRAINING, trial, task, tmp_path, lambda *_: None)
    left = load_left(trial, tmp_path)
    (text,), (ngram,), (course,) = (left[name] for name in (TEXT, LONGEST, COURSE))
    streams = task.text.test
    assert [row.tobytes() for row in text] == [
        task.text.vocabulary.decode(row) for row in streams
    ]
    assert ngram.shape == left[CHARACTERS][0].shape == (4, streams.shape[1] - 1)
    # In code that repeats itself n-grams know much of what is to come.
    tree = error_tree_of(left)
    assert tree.errors > 0.1 * ngram.size
    assert tree.by_stream.sum(axis=0)[0] > 0.2 * tree.errors
    gates = saturation_of(left)
    assert list(gates) == ["layer 1", "layer 2"]
    assert set(gates["layer 1"]) == {"input_gate", "forget_gate", "output_gate"}
    assert gates["layer 2"]["forget_gate"].left.shape == (trial.units,)
    assert set(course[:, 1]) == {1, 2, 3, 4}
    assert course[-1, 0] == record.best_epoch == 2
    # The epochs that are watched are those of the trial.
    assert course[-1, 3] == pytest.approx(record.score("nll", "valid"), rel=1e-5)
    shortest = course[course[:, 1] == 1]
    assert shortest[-1, 2] < shortest[0, 2]
    assert (np.diff(shortest[:, 4]) == 0).all()


def test_weights_begin_as_the_papers_do():
    task = task_of()
    model = TRAINING.build(trial_of(task), task)
    for variable in model.trainable_variables:
        values = np.abs(keras.ops.convert_to_numpy(variable))
        assert 0.06 < values.max() <= 0.08, variable.path
    random.seed(5)
    again = TRAINING.build(trial_of(task), task)
    for one, other in zip(
        model.trainable_variables, again.trainable_variables, strict=True
    ):
        np.testing.assert_array_equal(one.numpy(), other.numpy())


@pytest.mark.parametrize("layers", [1, 2])
def test_weights_of_our_own_begin_as_keras_has_them_but_for_the_first(layers):
    task = task_of()
    trial = trial_of(task, layers=layers, protocol="ours")
    model = TRAINING.build(trial, task)
    stds = []
    for layer in model.layers[-1 - layers : -1]:
        recurrent, kernel = map(
            keras.ops.convert_to_numpy, (layer.cell.recurrent_kernel, layer.cell.kernel)
        )
        np.testing.assert_allclose(
            recurrent @ recurrent.T, np.eye(len(recurrent)), atol=1e-5
        )
        stds.append(kernel.std())
    assert stds[0] == pytest.approx(1, abs=0.03)
    assert all(std < 0.2 for std in stds[1:])
    again = TRAINING.build(trial, task)
    for one, other in zip(model.weights, again.weights, strict=True):
        np.testing.assert_array_equal(*map(keras.ops.convert_to_numpy, (one, other)))


def test_windows_of_our_own_are_shorter_in_training_alone():
    task = task_of(window=60)
    for protocol, window in (("paper", 60), ("ours", 25)):
        trial = trial_of(task, protocol=protocol)
        batches = TRAINING.batches(trial, task)
        assert batches.window == window
        assert len(batches) == math.ceil((task.text.train.shape[1] - 1) / window)
        assert TRAINING.evaluation_batches(task)["valid"].window == 60


def test_the_learning_rate_falls_after_ten_epochs():
    task = task_of()
    updates = 7
    trial = trial_of(task, epochs=13)
    optimizer = TRAINING.optimizer(trial, 13 * updates)
    optimizer.build([keras.Variable(0.0)])
    rates = []
    for epoch in range(13):
        for update in (0, updates - 1):
            optimizer.iterations.assign(epoch * updates + update)
            rates.append(float(optimizer.learning_rate))
    expected = np.repeat([1.0] * 10 + [0.95, 0.95**2, 0.95**3], 2) * 2e-3
    np.testing.assert_allclose(rates, expected, rtol=1e-6)
    ours = TRAINING.optimizer(trial_of(task, epochs=4, protocol="ours"), 4 * updates)
    ours.build([keras.Variable(0.0)])
    for update, expected in ((0, 2e-2), (2 * updates, 1e-2), (4 * updates, 0)):
        ours.iterations.assign(update)
        assert float(ours.learning_rate) == pytest.approx(expected, abs=1e-8)
    short = TRAINING.optimizer(trial_of(task), updates)
    assert float(short.learning_rate) == pytest.approx(2e-3)
