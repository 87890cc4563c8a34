"""Music: its trials, and how they are trained."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from reproduce.record import Record
from reproduce.studies.jozefowicz2015 import names, options
from reproduce.studies.jozefowicz2015.data import load_task
from reproduce.studies.jozefowicz2015.evolution import search
from reproduce.studies.jozefowicz2015.models import music_model_of
from reproduce.studies.jozefowicz2015.options import Options
from reproduce.studies.jozefowicz2015.training import TaskTraining
from reproduce.studies.jozefowicz2015.trial import Trial
from reproduce.training.trial import run_trial
from tests.reproduce.examples import small_task
from tests.reproduce.jozefowicz2015.tiny import (
    music_record_of,
    music_trials_of,
    play,
    trials_of,
)

BACKEND = keras.backend.backend()
TRAINING = TaskTraining()


def layers_of(model, kind):
    return [layer for layer in model.layers if isinstance(layer, kind)]


def test_the_sets_are_those_of_the_paper():
    assert options.MUSIC_SETS == names.MUSIC
    assert set(names.MUSIC) < set(Options(full=True).dataset)
    assert not set(names.MUSIC) & set(Options().dataset)
    # Nothing else has dropout.
    assert Options(dropout=(0.3,)).dataset == names.MUSIC


@pytest.mark.parametrize("dataset", names.MUSIC)
def test_music_is_that_of_a_piano(dataset, data_dir):
    task = load_task(dataset, "", data_dir)
    assert (task.input_size, task.output_size, task.encoding) == (88, 88, "piano")
    trials = trials_of(dataset, parameters=100_000, data_dir=data_dir, quick=True)
    by_row = {trial.unit: trial.units for trial in trials}
    assert {**by_row, "tanh": 240, "gru": 133} == by_row
    assert {trial.encoding for trial in trials} == {"piano"}


def test_names_tell_dropout_apart_and_are_otherwise_as_ever():
    plain, dropped = (
        music_trials_of(units=("gru",), quick=True, dropout=(share,))[0]
        for share in (0.0, 0.25)
    )
    name = f"jozefowicz2015-nottingham-gru-{BACKEND}-seed0-rate00"
    assert plain.name == name
    assert dropped.name == name.replace("gru", "gru_dropout0.25")
    assert plain.competition != dropped.competition
    (stream,) = trials_of(units=("gru",), quick=True)
    assert stream.name == f"jozefowicz2015-arithmetic_1-gru-{BACKEND}-seed0-rate00"


def test_records_of_before_there_was_dropout_are_read():
    (trial,) = trials_of(units=("gru",), quick=True)
    stored = music_record_of(trial).stored()
    del stored["config"]["dropout"]
    record = Record.read(stored, Trial)
    assert record.trial == trial and record.trial.dropout == 0
    assert record.name == stored["name"]


def test_epochs_count_and_not_updates():
    (trial,) = music_trials_of(units=("gru",), trials=1, seeds=(0,))
    assert (trial.updates, trial.window, trial.dropout) == (0, 100, 0.0)
    assert trial.max_epochs == trial.patience == 25
    full = music_trials_of(units=("gru",), trials=1, seeds=(0,), full=True)
    assert {(t.max_epochs, t.dropout) for t in full} == {(25, 0.0), (75, 0.2)}
    (piano,) = music_trials_of("piano_midi_de", units=("gru",), trials=1, seeds=(0,))
    assert piano.max_epochs == 30
    (quick,) = music_trials_of(units=("gru",), quick=True)
    assert quick.max_epochs == 2
    (asked,) = music_trials_of(units=("gru",), quick=True, epochs=7, window=30)
    assert (asked.max_epochs, asked.window) == (7, 30)


def test_other_seeds_are_trained_at_the_rate_of_the_least_nll():
    best = {0.0: 2, 0.5: 1}

    def nll(trial):
        # A trial that diverged is the worst, though nothing is less than NaN.
        if trial.candidate == 0:
            return float("nan")
        return 3.0 if trial.candidate == best[trial.dropout] else 3.5

    known = play(
        lambda known: music_trials_of(
            "nottingham", known, units=("gru",), dropout=tuple(best)
        ),
        lambda trial: music_record_of(trial, nll(trial)),
    )
    assert len(known) == 2 * 3 + 2 * 2
    others = [r.trial for r in known if r.trial.seed]
    assert {(t.seed, t.dropout, t.candidate) for t in others} == {
        (seed, share, candidate) for seed in (1, 2) for share, candidate in best.items()
    }


def test_what_is_no_music_has_no_dropout():
    assert trials_of("xml", units=("gru",), quick=True, dropout=(0.0,))
    with pytest.raises(ValueError, match=r"Only models of music.*0\.2 for xml"):
        trials_of("xml", dropout=(0.0, 0.2))


def test_a_search_judges_by_accuracies():
    with pytest.raises(ValueError, match=r"accuracies.*leave nottingham out"):
        search(
            children=2,
            settings=1,
            seed=0,
            tasks=("arithmetic_2", "nottingham"),
            known=(),
        )


def test_parts_of_pieces_are_trained_on_and_whole_ones_measured():
    (trial,) = music_trials_of(units=("gru",), quick=True, window=2)
    task = small_task()
    train = TRAINING.batches(trial, task)
    inputs, _ = task.splits["train"]
    assert max(train.padded_lengths) <= 3 < max(map(len, inputs))
    assert train.steps == sum(map(len, inputs))
    whole = TRAINING.evaluation_batches(task)
    assert whole["valid"].steps == sum(map(len, task.splits["valid"][0]))
    assert max(whole["valid"].padded_lengths) >= max(map(len, inputs))
    # In which order is drawn from the seed.
    again, other = (
        TRAINING.batches(replace(trial, seed=seed), task) for seed in (0, 1)
    )
    first = [batches[0][0] for batches in (train, again, other)]
    np.testing.assert_array_equal(first[0], first[1])
    assert not np.array_equal(first[0], first[2])


@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_a_trial_learns_and_is_measured_without_dropout(dropout, tmp_path):
    (trial,) = music_trials_of(
        units=("gru",), quick=True, epochs=12, dropout=(dropout,), window=4
    )
    trial = replace(trial, learning_rate=2e-2, units=16)
    record = run_trial(TRAINING, trial, small_task(), tmp_path, lambda *_: None)
    valid = record.history["valid_nll"]
    assert record.score("nll", "valid") == pytest.approx(
        valid[record.best_epoch - 1], rel=1e-4
    )
    # Of 6 keys each may be down, at first for all that is known.
    assert record.score("nll", "test") < 0.8 * 6 * np.log(2)
    assert record.parameters["total"] > record.parameters["recurrent"] > 0
    assert "accuracy" not in record.scores


def test_dropout_is_around_the_layer_and_not_within():
    (trial,) = music_trials_of(units=("mut1",), quick=True, dropout=(0.5,))
    model = TRAINING.build(trial, small_task())
    before, layer, after, _head = model.layers[1:]
    for drop in (before, after):
        assert isinstance(drop, keras.layers.Dropout) and drop.rate == 0.5
    assert layer.dropout == layer.recurrent_dropout == 0 and not layer.stateful
    # Each step has a mask of its own, and so have inputs and outputs.
    ones = keras.ops.ones((2, 40, 6))
    masks = [
        keras.ops.convert_to_numpy(drop(ones, training=True))
        for drop in (before, after)
    ]
    for mask in masks:
        assert not (mask == mask[:, :1]).all() and set(np.unique(mask)) == {0, 2}
    assert not np.array_equal(*masks)


def test_weights_begin_as_without_dropout():
    plain, dropped = (
        music_model_of(
            music_trials_of(units=("lstm_b",), quick=True, dropout=(share,))[0],
            small_task(),
        )
        for share in (0.0, 0.5)
    )
    assert not layers_of(plain, keras.layers.Dropout)
    pairs = zip(plain.trainable_weights, dropped.trainable_weights, strict=True)
    for one, other in pairs:
        np.testing.assert_array_equal(
            keras.ops.convert_to_numpy(one), keras.ops.convert_to_numpy(other)
        )


def test_streams_carry_their_states_and_music_does_not():
    (stream,) = trials_of(units=("gru",), quick=True)
    (music,) = music_trials_of(units=("gru",), quick=True)
    models = (
        TRAINING.build(stream, load_task("arithmetic_1", "", None)),
        TRAINING.build(music, small_task()),
    )
    layers = [layers_of(model, keras.layers.RNN)[0] for model in models]
    assert [layer.stateful for layer in layers] == [True, False]
