from dataclasses import replace

import pytest

from keras_gated.models import sequence_model
from reproduce.studies.tunes.options import RATES, Options
from reproduce.studies.tunes.plan import plan
from reproduce.studies.tunes.sizes import model_parameters, units_for
from reproduce.studies.tunes.training import layer_arguments
from tests.reproduce.tunes.tiny import record_of, task_of

TASK = task_of()


def planned(known=(), **options):
    return plan(Options(**options), "nottingham", TASK, known)


def test_units_are_treated_alike():
    trials = planned()
    models = {(t.encoding, t.unit, t.learning_rate) for t in trials}
    assert len(trials) == len(models) == 2 * 3 * len(RATES)
    alike = {
        replace(t, unit="", units=0, encoding="", learning_rate=0, candidate=0)
        for t in trials
    }
    assert len(alike) == 1
    (settings,) = alike
    assert (settings.layers, settings.row, settings.samples) == (2, 128, 500)
    for task in (TASK, TASK.in_vocabulary("characters")):
        sizes = {
            model_parameters(t.unit, t.units, t.layers, task.input_size)
            for t in trials
            if t.encoding == task.encoding
        }
        assert len(sizes) == 3
        assert max(sizes) < 1.01 * min(sizes)


@pytest.mark.parametrize("unit", ["lstm", "gru", "tanh"])
def test_sizes_are_those_of_models(unit):
    model = sequence_model(
        *(unit, 5, TASK.head(), TASK.input_size),
        num_layers=3,
        one_hot=True,
        **layer_arguments(unit),
    )
    assert model.count_params() == model_parameters(unit, 5, 3, TASK.input_size)
    assert units_for("lstm", 3, 7, TASK.input_size) == 7


def test_other_seeds_have_the_best_rate():
    options = {
        "seeds": (3, 4, 5),
        "units": ("gru", "tanh"),
        "vocabularies": ("tokens",),
    }
    first = planned(**options)
    assert {t.seed for t in first} == {3}
    valid = {"gru": (2.0, 1.5, float("nan")), "tanh": (float("nan"),) * 3}
    known = [record_of(t, valid=valid[t.unit][t.candidate]) for t in first]
    # While a rate is missing nothing is chosen.
    assert planned(known[:2] + known[3:], **options)[:-2] == first
    trials = planned(known, **options)
    later = [t for t in trials if t.seed != 3]
    assert [(t.unit, t.seed, t.learning_rate) for t in later] == [
        ("gru", 4, RATES[1]),
        ("gru", 5, RATES[1]),
        ("tanh", 4, RATES[0]),
        ("tanh", 5, RATES[0]),
    ]
    assert len({t.name for t in trials}) == len(trials)


def test_sizes_of_a_run():
    (quick,) = {(t.row, t.max_epochs, t.samples) for t in planned(quick=True)}
    assert quick == (32, 3, 50)
    assert len(planned(quick=True)) == 6
    (full,) = {(t.row, t.layers, t.max_epochs) for t in planned(full=True)}
    assert full == (512, 3, 100)
    folders = {Options(**size).folder for size in ({}, {"quick": True}, {"full": True})}
    assert len(folders) == 3
    assert {t.learning_rate for t in planned(trials=1)} == {RATES[0]}
