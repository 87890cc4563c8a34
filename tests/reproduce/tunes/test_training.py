"""A trial from its beginning to what it leaves, on made-up tunes."""

import numpy as np
import pytest

from reproduce.studies.tunes.beside import asked_headers
from reproduce.studies.tunes.judging import COUNTS, FLAGS, NUMBERS, distances, judge
from reproduce.studies.tunes.training import DISTANCES, TUNES, TuneTraining
from reproduce.studies.tunes.writing import write_tunes
from reproduce.training.left import load_left
from reproduce.training.trial import run_trial
from tests.reproduce.tunes.tiny import DATA, task_of, trial_of

TRAINING = TuneTraining()


@pytest.mark.everywhere
@pytest.mark.parametrize("kind", ["tokens", "characters"])
def test_nats_are_of_the_tunes_whatever_the_symbols(kind):
    task = task_of(kind)
    trial = trial_of(task, "lstm")
    model = TRAINING.build(trial, task)
    TRAINING.compile(model, trial, task, updates=1)
    scores = TRAINING.measure(model, trial, task, TRAINING.evaluation_batches(task))
    for split in ("valid", "test"):
        symbols = sum(len(targets) for targets in task.splits[split][1])
        nats = scores["nll"][split]["pooled"] * symbols
        # A model that has learnt nothing knows nothing.
        assert nats / symbols == pytest.approx(np.log(task.input_size), rel=0.1)
        assert scores["per_note"][split]["pooled"] * task.notes[split] == pytest.approx(
            nats
        )
        assert scores["per_tune"][split]["pooled"] * len(
            task.of(split)
        ) == pytest.approx(nats)


def test_a_trial_learns_and_leaves_tunes(tmp_path):
    task = task_of()
    trial = trial_of(task, epochs=12, row=12)
    record = run_trial(TRAINING, trial, task, tmp_path, lambda *_: None)
    assert record.score("nll", "test") < 0.8 * np.log(task.input_size)
    left = load_left(trial, tmp_path)
    assert set(left) == {TUNES, DISTANCES, *FLAGS, *NUMBERS}
    model = TRAINING.build(trial, task)
    with np.load(tmp_path / "weights" / f"{trial.name}.npz") as weights:
        model.set_weights([weights[f"weights/{n}"] for n in range(len(model.weights))])
    headers = asked_headers(task, 8)
    assert headers[6:] == headers[:2]
    written = write_tunes(
        model, task.vocabulary, headers, task.longest, 0.9, 0.8, seed=trial.seed
    )
    text = left[TUNES][0].tobytes().decode()
    assert text.split("\n") == [" ".join(one.tune.tokens) for one in written]
    judged = judge(written, headers, DATA.train)
    for name in (*FLAGS, *NUMBERS):
        np.testing.assert_array_equal(left[name][0], judged[name].to_numpy(float))
    some = [one.tune for one in written[: len(DATA.valid)]]
    np.testing.assert_array_equal(left[DISTANCES][0], distances(some, DATA.test))
    assert left[DISTANCES][0].shape == (len(COUNTS), 3)


def test_dropout_is_behind_each_layer():
    task = task_of()
    model = TRAINING.build(trial_of(task, dropout=0.4, layers=3), task)
    rates = [layer.rate for layer in model.layers if type(layer).__name__ == "Dropout"]
    assert rates == [0.4] * 3


def test_the_learning_rate_falls_to_nothing():
    optimizer = TRAINING.optimizer(trial_of(task_of()), 10)
    optimizer.build([])
    rates = []
    for update in (0, 5, 10):
        optimizer.iterations.assign(update)
        rates.append(float(optimizer.learning_rate))
    assert rates == pytest.approx([1e-2, 5e-3, 0], abs=1e-8)
    assert optimizer.global_clipnorm == 1
