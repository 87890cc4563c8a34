"""Tables, claims and the page of music, from records without training."""

import math

import numpy as np
import pytest
from rich.console import Console

from reproduce.report.write import write_report
from reproduce.studies.jozefowicz2015 import paper
from reproduce.studies.jozefowicz2015.claims import claim_table
from reproduce.studies.jozefowicz2015.measures import NLL, measure_of
from reproduce.studies.jozefowicz2015.names import ROWS
from reproduce.studies.jozefowicz2015.scores import chosen, validation_score
from reproduce.studies.jozefowicz2015.study import STUDY
from reproduce.studies.jozefowicz2015.tables import accuracies, likelihoods
from reproduce.studies.jozefowicz2015.trial import RATES
from reproduce.study import Results
from tests.reproduce.jozefowicz2015 import test_report as of_streams
from tests.reproduce.jozefowicz2015.tiny import music_record_of, music_trials_of, play

LEVELS = {**dict.fromkeys(ROWS, 3.5), "tanh": 3.3, "mut1": 3.4}
"""With dropout. Without, tanh is the worst row."""

WORST = 88 * math.log(2)


def nll(trial, levels=LEVELS):
    """The second rate is the best; seeds differ by a little, and each row otherwise."""
    rng = np.random.default_rng([*trial.unit.encode(), trial.seed])
    level = levels[trial.unit]
    if not trial.dropout and trial.unit == "tanh":
        level = 3.9
    return level + 0.001 * rng.normal() + 0.2 * abs(trial.candidate - 1)


def records(dataset="nottingham", score=nll, **options):
    settings = {"units": ROWS, "dropout": (0.0, 0.2), **options}
    return play(
        lambda known: music_trials_of(dataset, known, **settings),
        lambda trial: music_record_of(trial, score(trial)),
    )


def verdicts(table, claim):
    table = table[table["claim"] == claim]
    return dict(zip(table["what"], table["verdict"], strict=True))


def test_less_is_better():
    assert measure_of("piano_midi_de") is NLL and NLL.best((3.0, 2.0, 4.0)) == 2.0
    assert measure_of("xml").best((0.3, 0.2, 0.4)) == 0.4
    results = Results(records(units=("gru", "tanh")))
    assert set(chosen(results)["learning_rate"]) == {RATES[1]}
    table = likelihoods(results).set_index(["unit", "dropout"])
    assert len(table) == 4
    for (unit, dropout), line in table.iterrows():
        of_row = [
            r
            for r in results.records
            if (r.trial.unit, r.trial.dropout) == (unit, dropout)
        ]
        at_best = [r for r in of_row if r.trial.candidate == 1]
        assert line["trials"] == len(of_row) == 5 and line["seeds"] == 3
        assert line["best"] == min(r.score("nll", "valid") for r in of_row)
        expected = np.mean([r.score("nll", "test") for r in at_best])
        assert line["mean"] == pytest.approx(expected)
    assert table.loc[("gru", 0.0), "paper"] == 3.410
    assert table.loc[("gru", 0.2), "paper"] == 3.427
    assert accuracies(results).empty


def test_the_paper_has_no_dropout_on_piano():
    assert paper.score("piano_midi_de", "mut1") == 6.792
    assert math.isnan(paper.score("piano_midi_de", "mut1", 0.2))
    assert math.isnan(paper.score("nottingham", "lstm_b2"))
    assert paper.PUBLISHED["table 2"]["tanh"]["nottingham with dropout"] == 3.267


def test_streams_and_music_have_tables_of_their_own():
    streams = of_streams.records(units=("gru",))
    results = Results([*streams, *records(units=("gru",))])
    assert set(accuracies(results)["dataset"]) == {"arithmetic_3"}
    assert accuracies(results)["mean"].item() == pytest.approx(
        accuracies(Results(streams))["mean"].item()
    )
    assert set(likelihoods(results)["dataset"]) == {"nottingham"}
    assert likelihoods(Results(streams)).empty


def test_a_trial_that_diverged_knows_nothing():
    """It counts as 88 coins in every mean, and is the best of nothing."""

    def score(trial):
        is_lost = trial.unit == "gru" and trial.candidate == 1 and trial.seed == 2
        return float("nan") if is_lost else nll(trial)

    known = records(score=score, units=("gru", "mut1"), dropout=(0.0,))
    (lost,) = (r for r in known if math.isnan(r.score("nll", "valid")))
    assert validation_score(lost) == pytest.approx(WORST)
    table = likelihoods(Results(known)).set_index("unit")
    assert table.loc["gru", "best"] < 4
    at_best = [r for r in known if r.trial.unit == "gru" and r.trial.candidate == 1]
    finite = [r.score("nll", "test") for r in at_best if r is not lost]
    assert table.loc["gru", "mean"] == pytest.approx((sum(finite) + WORST) / 3)
    (row,) = claim_table(Results(known)).itertuples()
    assert row.n == 3 and row.effect < -15


def test_no_score_is_worse_than_that_of_one_that_diverged():
    trial, *_ = music_trials_of(units=("gru",), quick=True)
    scores = [validation_score(music_record_of(trial, n)) for n in (1e3, np.inf, 60.0)]
    assert scores == [pytest.approx(WORST), pytest.approx(WORST), 60.0]


def test_claims_on_music():
    table = claim_table(Results(records()))
    assert set(table["measure"]) == {"NLL in nats per step"}
    found = verdicts(table, "On music with dropout gates lose")
    assert set(found) == {
        f"tanh minus {row}, dropout 0.2"
        for row in ("LSTM", "LSTM-b", "GRU", "MUT1", "MUT2", "MUT3")
    }
    assert set(found.values()) == {"held"}
    line = table[table["what"] == "tanh minus LSTM, dropout 0.2"].iloc[0]
    assert line["n"] == 3 and line["low"] < line["effect"] < line["high"] < 0
    assert line["effect"] == pytest.approx(-0.2, abs=0.01)
    assert line["paper"] == pytest.approx(3.267 - 3.403)
    assert verdicts(table, "MUT1 at least equals the GRU") == {
        "MUT1 minus GRU": "held",
        "MUT1 minus GRU, dropout 0.2": "held",
    }
    assert len(table) == 6 + 2


@pytest.mark.parametrize(
    ("level", "verdict"), [(3.52, "held"), (3.54, "held"), (3.56, "not held")]
)
def test_mut1_may_be_behind_by_what_does_not_matter(level, verdict):
    levels = {**LEVELS, "mut1": level}
    known = records(
        "piano_midi_de", score=lambda t: nll(t, levels), units=("gru", "mut1")
    )
    found = verdicts(claim_table(Results(known)), "MUT1 at least equals the GRU")
    assert set(found.values()) == {verdict}


def test_gates_that_win_with_dropout():
    levels = {**LEVELS, "tanh": 3.7}
    known = records(score=lambda trial: nll(trial, levels), units=("gru", "tanh"))
    found = verdicts(claim_table(Results(known)), "On music with dropout gates lose")
    assert found == {"tanh minus GRU, dropout 0.2": "not held"}


def test_without_dropout_there_is_no_claim_about_it():
    table = claim_table(Results(records(dropout=(0.0,))))
    assert set(table["claim"]) == {"MUT1 at least equals the GRU"}


def test_claims_compare_trials_of_the_same_dropout():
    """Tanh has dropout and the others have none: nothing can be compared."""
    known = [
        *records(units=("tanh",), dropout=(0.2,)),
        *records(units=("gru", "lstm"), dropout=(0.0,)),
    ]
    assert claim_table(Results(known)).empty


def test_the_report(tmp_path):
    console = Console(width=120, record=True)
    known = [
        *of_streams.records(units=("gru", "mut1")),
        *records(units=("gru", "mut1")),
    ]
    write_report(STUDY, Results(known), tmp_path, console)
    page = (tmp_path / "report.md").read_text()
    shown = console.export_text()
    assert (tmp_path / "nll_nottingham.png").exists()
    assert (tmp_path / "accuracies_arithmetic_3.png").exists()
    assert "Nottingham: NLL in nats per step of each row; less is better." in page
    assert "Nottingham: NLL in nats per step; less is better" in shown
    assert "## nll.csv" in page and "## population.csv" not in page
    assert "MUT1, dropout 0.2" in shown and "3.376" in shown
    assert (
        'table 2,"mut1, nottingham with dropout",3.376'
        in (tmp_path / "published.csv").read_text()
    )
