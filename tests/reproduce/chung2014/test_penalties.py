"""Penalties on the weights: what is trained, measured and reported."""

from dataclasses import replace

import keras
import pandas as pd
import pytest

from reproduce.studies.chung2014.options import Options
from reproduce.studies.chung2014.penalties import (
    DECOUPLED,
    L2,
    PENALTIES,
    RATES_ON_MUSIC,
    RATES_ON_SPEECH,
)
from reproduce.studies.chung2014.plan import plan
from reproduce.studies.chung2014.report.figures import several_rates
from reproduce.studies.chung2014.report.penalties import penalty_table
from reproduce.studies.chung2014.trial import PENALTIES_COMPARED, SIZE
from reproduce.study import Results
from tests.reproduce.chung2014.report_examples import make_record, report
from tests.reproduce.examples import small_task, trial
from tests.reproduce.training.running import run_trial

KERNELS = {
    *("kernel", "recurrent_kernel"),
    *("kernel_of_rare_inputs", "kernel_of_common_inputs"),
}

WAYS = len(PENALTIES) * len(RATES_ON_MUSIC)


def trials_of(dataset="nottingham", **options):
    return plan(Options(penalties=True, **options), dataset, small_task())


def records_of(level=0.1):
    """The stronger L2 is best, at the highest rate; what is decoupled diverges."""
    found = []
    for wanted in trials_of(units=("gru", "tanh")):
        recipe = wanted.recipe
        valid = 4.0 - level * 1e4 * recipe.l2 - wanted.learning_rate
        size = 1.0 - 5e2 * recipe.l2
        if recipe.weight_decay:
            valid = float("nan")
        made = make_record(wanted.unit, valid=valid, test=valid, dataset="nottingham")
        scores = {**made.scores, SIZE: {"train": dict.fromkeys(KERNELS, size)}}
        found.append(replace(made, trial=wanted, scores=scores))
    return found


def test_every_unit_is_trained_with_every_penalty_at_every_rate():
    trials = trials_of()
    assert len(trials) == len({t.name for t in trials}) == 3 * WAYS
    by_unit = {
        unit: [(t.learning_rate, t.recipe) for t in trials if t.unit == unit]
        for unit in ("lstm", "gru", "tanh")
    }
    assert by_unit["lstm"] == by_unit["gru"] == by_unit["tanh"]
    assert {t.learning_rate for t in trials} == set(RATES_ON_MUSIC)
    kinds = [(t.recipe.l2, t.recipe.weight_decay) for t in trials[::3]]
    wanted = [(0.0, 0.0), *((l2, 0.0) for l2 in L2), *((0.0, d) for d in DECOUPLED)]
    assert kinds == len(RATES_ON_MUSIC) * wanted
    # But for the penalty the recipes are the same.
    alike = {replace(t.recipe, l2=0.0, weight_decay=0.0) for t in trials}
    assert len(alike) == 1
    assert all(t.patience == t.max_epochs for t in trials)


def test_the_terminal_tells_penalties_apart():
    labels = [t.label for t in trials_of(units=("gru",))]
    assert len(set(labels)) == len(labels)
    assert labels[:2] == ["6.0e-03", "6.0e-03 L2 1.0e-04"]
    assert labels[5] == "6.0e-03 decay 1.0e-01"


def test_speech_and_options():
    assert {t.learning_rate for t in trials_of("speech_a")} == set(RATES_ON_SPEECH)
    short = trials_of(units=("gru",), seeds=(3,), epochs=2)
    assert {(t.unit, t.seed, t.max_epochs) for t in short} == {("gru", 3, 2)}
    assert Options(penalties=True).size == "penalties"


@pytest.mark.everywhere
def test_the_size_of_weights_is_measured(tmp_path):
    def sizes(**recipe):
        config = trial({"optimizer": "adam", **recipe}, protocol=PENALTIES_COMPARED)
        config = replace(config, backend=keras.backend.backend(), max_epochs=3)
        record = run_trial(config, small_task(), tmp_path, lambda *_: None)
        return record.scores[SIZE]["train"]

    free, penalized, decayed = sizes(), sizes(l2=0.3), sizes(weight_decay=20.0)
    assert set(free) == set(penalized) == KERNELS
    for name in KERNELS:
        assert penalized[name] < 0.9 * free[name]
        assert decayed[name] < 0.9 * free[name]


def test_other_trials_are_measured_as_ever(tmp_path):
    config = trial(backend=keras.backend.backend(), max_epochs=1)
    record = run_trial(config, small_task(), tmp_path, lambda *_: None)
    assert SIZE not in record.scores


def test_the_table_has_the_best_of_each_kind_of_penalty():
    table = penalty_table(Results(records_of()))
    assert len(table) == 2 * WAYS
    best = table[table["best"]].set_index(["unit", "penalty", "strength"])
    # Of what diverged everywhere nothing is best.
    assert sorted(best.loc["gru"].index) == [("L2", max(L2)), ("none", 0.0)]
    assert set(best["learning_rate"]) == {max(RATES_ON_MUSIC)}
    strong = best.loc[("gru", "L2", max(L2))]
    assert strong["valid"] == pytest.approx(4.0 - 1.0 - max(RATES_ON_MUSIC))
    assert strong["kernel_size"] == strong["recurrent_kernel_size"] == 0.5


def test_the_report_says_what_penalties_do(tmp_path):
    records = [*records_of(), make_record(protocol="ours")]
    report(records, tmp_path)
    page = (tmp_path / "report.md").read_text()
    assert "## Penalties on the weights" in page and "| L2 1.0e-3 |" in page
    assert "![Negative log-likelihood against the learning rate" in page
    assert (tmp_path / "penalties.png").exists()
    assert len(pd.read_csv(tmp_path / "penalties.csv")) == 2 * WAYS


def test_a_report_without_penalties_does_not_speak_of_them(tmp_path):
    report([make_record(protocol="ours")], tmp_path)
    assert "Penalties on the weights" not in (tmp_path / "report.md").read_text()
    assert not (tmp_path / "penalties.csv").exists()
    assert not (tmp_path / "penalties.png").exists()


def test_trials_that_differ_in_more_than_the_rate_are_no_curve_of_rates():
    assert several_rates(Results(records_of()).frame).empty
