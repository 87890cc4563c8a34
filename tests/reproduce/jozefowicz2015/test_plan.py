"""Options, sizes and the trials of the table."""

from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from keras_gated.graphs import KNOWN_CELLS
from reproduce.studies.jozefowicz2015 import names, options
from reproduce.studies.jozefowicz2015.data import load_task
from reproduce.studies.jozefowicz2015.models import model_of
from reproduce.studies.jozefowicz2015.options import Options
from reproduce.studies.jozefowicz2015.sizes import graph_units, units_for
from reproduce.studies.jozefowicz2015.training import TaskTraining
from reproduce.studies.jozefowicz2015.trial import RATES, Trial
from tests.reproduce.jozefowicz2015.tiny import (
    options_of,
    play,
    record_of,
    trials_of,
)


def test_options_know_the_names():
    assert set(get_args(options.Row)) == set(names.CELLS) == set(names.TITLES)
    assert options.TABLE_ROWS == names.ROWS and options.DIAL_ROWS == names.DIAL
    offered = {*get_args(options.Dataset), names.PENN_TREEBANK}
    assert offered == set(names.DATASETS)


def test_the_default_is_the_table_of_the_paper():
    default = Options()
    assert default.dataset == ("arithmetic_3", "xml")
    assert default.units == names.ROWS and len(default.units) == 10
    assert (default.seeds, default.rates, default.size) == (
        (0, 1, 2),
        3,
        "jozefowicz2015",
    )
    trials = trials_of("xml", parameters=100_000, updates=None, epochs=None)
    assert len(trials) == len({t.name for t in trials}) == 10 * 3
    assert [t.learning_rate for t in trials[::10]] == list(RATES[:3])
    assert {(t.updates, t.max_epochs, t.window, t.curriculum) for t in trials} == {
        (40_000, 20, 25, 0.0)
    }
    assert Trial.from_config(trials[0].config) == trials[0]
    (longer,) = {t.updates for t in trials_of("arithmetic_3", updates=None)}
    assert longer == 160_000
    for dataset in ("arithmetic_8", "xml"):
        (full,) = {t.updates for t in trials_of(dataset, updates=None, full=True)}
        assert full == (320_000 if dataset == "arithmetic_8" else 200_000)


def test_other_seeds_are_trained_at_the_best_rate_of_their_row():
    best = {"gru": 1, "tanh": 2}

    def accuracy(trial):
        return 0.9 if trial.candidate == best[trial.unit] else 0.5

    def trials_after(known):
        return trials_of("arithmetic_3", known, units=tuple(best))

    known = play(trials_after, lambda t: record_of(t, known=accuracy(t), symbols=0.1))
    assert len(known) == 2 * 3 + 2 * 2
    of_others = [r.trial for r in known[6:]]
    assert [(t.seed, t.unit, t.candidate) for t in of_others] == [
        (1, "gru", 1),
        (1, "tanh", 2),
        (2, "gru", 1),
        (2, "tanh", 2),
    ]
    assert {t.learning_rate for t in of_others} == {RATES[1], RATES[2]}


def test_no_rate_is_best_before_all_were_tried():
    first = trials_of("arithmetic_3", units=("gru",))
    known = [record_of(trial) for trial in first[:2]]
    assert trials_of("arithmetic_3", known, units=("gru",)) == first
    assert {t.seed for t in trials_of("arithmetic_3", units=("gru",), trials=1)} == {
        0,
        1,
        2,
    }


def test_a_rate_that_diverged_is_not_the_best():
    first = trials_of("arithmetic_3", units=("gru",))
    known = [record_of(first[0], known=float("nan"))]
    known += [record_of(trial, known=0.1) for trial in first[1:]]
    others = trials_of("arithmetic_3", known, units=("gru",))[3:]
    assert {trial.candidate for trial in others} == {1}


def test_parts_and_sizes():
    dial = Options(dial=True)
    assert dial.dataset == ("arithmetic_3", "copying_100", "copying_500")
    assert dial.units == names.DIAL and dial.size == "jozefowicz2015-dial"
    search = Options(search=60, seeds=(4, 5))
    assert search.dataset == ("memorization", "arithmetic_2") and search.seeds == (4,)
    quick = Options(quick=True)
    assert (quick.rates, quick.seeds, quick.size) == (1, (0,), "jozefowicz2015-quick")
    full = Options(full=True)
    assert full.rates == 4 and {"arithmetic_8", "words"} < set(full.dataset)
    words = Options(ptb=Path("folder"))
    assert words.dataset == ("penn_treebank",) and words.data_dir == Path("folder")
    longer = trials_of("copying_100", full=True, updates=None)
    assert {(t.updates, t.window) for t in longer} == {(25_000, 111)}
    windows = {t.window for t in trials_of(window=35)}
    assert windows == {35}


@pytest.mark.parametrize("row", names.CELLS)
def test_sizes_are_to_the_nearest_unit(row):
    task = load_task("xml", "", None)
    (trial,) = trials_of("xml", units=(row,), quick=True, parameters=9_000)

    def distance(units):
        model = model_of(replace(trial, units=units), task)
        return abs(TaskTraining().parameters(model)["total"] - 9_000)

    assert trial.units == units_for(row, 29, 29, 9_000)
    assert distance(trial.units) <= min(
        map(distance, (trial.units - 1, trial.units + 1))
    )


@pytest.mark.parametrize("name", ["tanh", "lstm", "gru", "mut1", "mut2", "mut3"])
def test_sizes_of_graphs_are_those_of_their_rows(name):
    found = graph_units(KNOWN_CELLS[name], 40, 40, 50_000)
    assert found == units_for(name, 40, 40, 50_000)


def test_an_empty_folder_of_the_penn_treebank(tmp_path):
    with pytest.raises(ValueError, match="no folder of the Penn Treebank"):
        load_task("penn_treebank", "", tmp_path)


def test_words_have_vectors_of_their_own(tmp_path):
    for split in ("train", "valid", "test"):
        text = "the cat sat on the mat and so on\n" * 300
        (tmp_path / f"ptb.{split}.txt").write_text(text)
    task = load_task("penn_treebank", "", tmp_path)
    assert task.is_words and not task.known
    from reproduce.studies.jozefowicz2015.plan import plan

    options = options_of(dataset=(), ptb=tmp_path, units=("gru",), quick=True)
    (trial,) = plan(options, "penn_treebank", task)
    model = model_of(trial, task)
    assert model.layers[1].name.startswith("embedding")
    found = TaskTraining().parameters(model)["total"]
    # A unit more or less of a GRU that reads 200 numbers.
    assert abs(found - (2000 + 2 * 9 * 200)) < 700
    searched = options_of(dataset=(), ptb=tmp_path, search=2, quick=True)
    founders = {
        one.parent or one.unit: one for one in plan(searched, "penn_treebank", task)
    }
    # The GRU as a graph is as large as the row of the table.
    assert founders["cell000"].units == trial.units
    stream = task.draw_train(0, 100, 40, 0.0)
    assert stream.shape == (20, 4001)
