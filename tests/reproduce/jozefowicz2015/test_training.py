"""A trial from its beginning to its record, and the stretches that it reads."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from keras_gated.graphs import KNOWN_CELLS, mutate
from reproduce.studies.jozefowicz2015.data import Stretches, load_task
from reproduce.studies.jozefowicz2015.models import layer_of, model_of
from reproduce.studies.jozefowicz2015.names import CELLS
from reproduce.studies.jozefowicz2015.training import TaskTraining
from reproduce.training.trial import run_trial
from tests.reproduce.jozefowicz2015.tiny import task_of, trials_of

TRAINING = TaskTraining()


def run(trial, task, folder):
    return run_trial(TRAINING, trial, task, folder, lambda *_: None)


def test_stretches_are_the_streams_one_after_the_other():
    streams = np.arange(2 * 61).reshape(2, 61)
    batches = Stretches(streams, window=10, epochs=2)
    assert len(batches) == 3 and batches.batch_size == 2
    seen = []
    for epoch in range(2):
        assert batches.epoch == epoch
        seen += [batches[index] for index in range(len(batches))]
        batches.on_epoch_end()
    parts = zip(*seen, strict=True)
    inputs, targets, weight = (np.concatenate(part, axis=1) for part in parts)
    np.testing.assert_array_equal(inputs, streams[:, :-1])
    np.testing.assert_array_equal(targets, streams[:, 1:])
    assert weight.all()


def test_each_seed_reads_other_streams_and_none_that_is_held_out():
    task = load_task("arithmetic_2", "", None)
    one, other = (task.draw_train(seed, 100, 50, 0.0) for seed in (0, 1))
    assert not np.array_equal(one, other)
    rows = {row.tobytes() for row in (*one[:, :500], *other[:, :500])}
    held_out = {row[:500].tobytes() for a in task.held_out.values() for row in a}
    assert len(rows) == 40 and not rows & held_out


def test_a_record_has_what_a_model_has_learnt(tmp_path):
    """A small GRU adds digits better than who guesses at random, and not yet well."""
    (trial,) = trials_of(units=("gru",), quick=True, updates=50, epochs=2)
    task = task_of()
    record = run(replace(trial, learning_rate=2e-2), task, tmp_path)
    known, symbols = (record.score(m, "test") for m in ("known_accuracy", "accuracy"))
    assert 4 / 40 < known < record.score("known_ceiling", "test") == 1
    assert 4 / 40 < symbols < record.score("all_ceiling", "test") < 0.5
    assert record.score("nll", "valid") == pytest.approx(
        record.history["valid_nll"][record.best_epoch - 1], rel=1e-4
    )
    assert record.score("nll", "test") < 0.9 * np.log(40)


@pytest.mark.parametrize("row", ["lstm_f", "lstm_chrono", "mut1"])
def test_rows_are_trained(row, tmp_path):
    (trial,) = trials_of(units=(row,), quick=True, updates=2)
    record = run(trial, task_of(), tmp_path)
    assert np.isfinite(record.score("nll", "test"))
    assert abs(record.parameters["total"] - 2000) < 200


def test_a_graph_is_trained(tmp_path):
    (trial, *_) = trials_of(units=("gru",), quick=True, updates=2)
    graph = mutate(KNOWN_CELLS["lstm"], 1).to_json()
    trial = replace(trial, unit="cell007", units=8, graph=graph, scale=1.0)
    record = run(trial, task_of(), tmp_path)
    assert np.isfinite(record.score("nll", "test"))


def test_rows_see_symbols_spread():
    (trial,) = trials_of(units=("gru",), quick=True, parameters=20_000)
    graph = replace(trial, unit="cell000", graph=KNOWN_CELLS["gru"].to_json())

    def spread(trial):
        layer = TRAINING.build(trial, task_of()).layers[2]
        return np.std(layer.get_weights()[0])

    assert spread(trial) == pytest.approx(1.0, abs=0.05)
    assert spread(graph) < 0.5


def test_the_rows_start_as_they_say():
    starts = {}
    for row in CELLS:
        (trial,) = trials_of(units=(row,), quick=True)
        layer = layer_of(replace(trial, window=50))
        layer.build((20, None, 40))
        starts[row] = keras.ops.convert_to_numpy(layer.cell.bias), layer
    units = {row: layer.units for row, (_, layer) in starts.items()}

    def forget(row):
        return starts[row][0][units[row] : 2 * units[row]]

    assert not starts["lstm"][0].any() and not starts["lstm_i"][0].any()
    assert (forget("lstm_b") == 1).all() and (forget("lstm_b2") == 2).all()
    chrono = starts["lstm_chrono"][0]
    n = units["lstm_chrono"]
    np.testing.assert_array_equal(chrono[:n], -chrono[n : 2 * n])
    assert 0 <= chrono[n : 2 * n].min() < chrono[n : 2 * n].max() <= np.log(49)
    assert not chrono[2 * n :].any()
    layer = starts["lstm_f"][1]
    assert not layer.cell.use_forget_gate and layer.cell.use_input_gate


def test_rows_of_the_dial_differ_in_the_bias_only():
    task = load_task("arithmetic_1", "", None)
    models = {}
    for row in ("lstm", "lstm_b2", "lstm_chrono"):
        (trial,) = trials_of(units=(row,), quick=True)
        models[row] = model_of(trial, task).get_weights()
    for row in ("lstm_b2", "lstm_chrono"):
        same = [
            np.array_equal(one, other)
            for one, other in zip(models["lstm"], models[row], strict=True)
        ]
        # Kernel, recurrent kernel, bias; kernel and bias of the head.
        assert same == [True, True, False, True, True]
