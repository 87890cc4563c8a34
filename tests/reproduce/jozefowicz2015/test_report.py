"""Tables, claims and the page, from records without training."""

from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from reproduce.report.write import write_report
from reproduce.studies.jozefowicz2015.claims import claim_table
from reproduce.studies.jozefowicz2015.claims.rows import START
from reproduce.studies.jozefowicz2015.names import DIAL, ROWS
from reproduce.studies.jozefowicz2015.scores import chosen
from reproduce.studies.jozefowicz2015.study import STUDY
from reproduce.studies.jozefowicz2015.tables import accuracies
from reproduce.studies.jozefowicz2015.trial import RATES
from reproduce.study import Results
from tests.reproduce.jozefowicz2015.test_evolution import search_of
from tests.reproduce.jozefowicz2015.tiny import play, record_of, trials_of

LEVELS = {
    "tanh": 0.4,
    "lstm": 0.85,
    "lstm_f": 0.38,
    "lstm_i": 0.7,
    "lstm_o": 0.84,
    "lstm_b": 0.93,
    "gru": 0.92,
    "mut1": 0.925,
    "mut2": 0.91,
    "mut3": 0.91,
    "lstm_b2": 0.94,
    "lstm_chrono": 0.95,
}


def accuracy(trial, levels):
    """The first rate is better; seeds differ by a little, and each row otherwise."""
    rng = np.random.default_rng([*trial.unit.encode(), trial.seed])
    return levels[trial.unit] + 0.001 * rng.normal() - 0.05 * trial.candidate


def records(dataset="arithmetic_3", levels=LEVELS, **options):
    def record_after(trial):
        share = accuracy(trial, levels)
        return record_of(trial, known=share, symbols=0.4 * share)

    return play(
        lambda known: trials_of(dataset, known, **{"units": ROWS, **options}),
        record_after,
    )


def verdicts(results, dataset="arithmetic_3"):
    table = claim_table(results)
    table = table[table["dataset"] == dataset]
    return dict(zip(table["what"], table["verdict"], strict=True))


def test_the_rate_is_chosen_by_validation_and_the_best_is_of_all():
    results = Results(records())
    assert set(chosen(results)["learning_rate"]) == {RATES[0]}
    table = accuracies(results).set_index("unit")
    row = table.loc["gru"]
    of_row = [r for r in results.records if r.trial.unit == "gru"]
    assert row["trials"] == 5 and row["seeds"] == 3
    assert row["best"] == max(r.score("known_accuracy", "valid") for r in of_row)
    first = [r for r in of_row if r.trial.candidate == 0]
    expected = np.mean([r.score("known_accuracy", "test") for r in first])
    assert row["mean"] == pytest.approx(expected)
    assert row["paper"] == 0.89565 and row["ceiling_all"] == 0.6


def test_rows_come_in_the_order_of_the_paper():
    known = [*records("xml"), *records()]
    results = Results(sorted(known, key=lambda record: record.name))
    pairs = [(task, row) for task in ("arithmetic_3", "xml") for row in ROWS]
    for table in (accuracies(results), chosen(results)):
        assert (
            list(dict.fromkeys(zip(table["dataset"], table["unit"], strict=True)))
            == pairs
        )


def test_on_xml_all_symbols_count():
    table = accuracies(Results(records("xml"))).set_index("unit")
    assert table.loc["gru", "mean"] == pytest.approx(0.4 * table.loc["gru", "known"])
    assert table.loc["mut1", "paper"] == 0.47483


def test_a_trial_that_diverged_counts_as_nothing():
    first, *others = records(units=("gru",))
    nan = float("nan")
    results = Results([record_of(first.trial, known=nan, symbols=nan), *others])
    assert accuracies(results)["best"].notna().all()
    # At the same rate the others were trained, and its mean has the 0 of the first.
    assert accuracies(results)["mean"].item() == pytest.approx(
        sum(r.score("known_accuracy", "test") for r in others[2:]) / 3
    )


def test_of_two_rates_with_all_seeds_validation_chooses():
    known = records(units=("gru",), trials=1)
    worse = [replace(r.trial, candidate=1, learning_rate=RATES[1]) for r in known]
    results = Results([*known, *(record_of(trial, known=0.1) for trial in worse)])
    assert set(chosen(results)["learning_rate"]) == {RATES[0]}


def test_claims_that_hold():
    found = verdicts(Results(records()))
    assert found["GRU minus tanh"] == "held"
    assert found["LSTM minus LSTM-f"] == "held"
    assert found["LSTM minus LSTM-i"] == "held"
    assert found["LSTM-o minus LSTM-i"] == "held"
    assert found["LSTM minus LSTM-o"] == "held"
    assert found["LSTM-b minus LSTM"] == "held"
    assert found["LSTM-b minus GRU"] == "held"
    assert found["MUT1 minus GRU"] == "held"
    assert found["GRU above 0.900"] == "held" and found["tanh below 0.550"] == "held"
    assert "LSTM above 0.900" not in found


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"tanh": 0.99}, "GRU minus tanh"),
        ({"lstm_f": 0.99}, "LSTM-o minus LSTM-f"),
        ({"lstm_i": 0.99}, "LSTM-o minus LSTM-i"),
        ({"lstm_o": 0.88}, "LSTM minus LSTM-o"),
        ({"lstm_b": 0.5}, "LSTM-b minus LSTM"),
        ({"lstm_b": 0.85}, "LSTM-b minus GRU"),
        ({"mut1": 0.8}, "MUT1 minus GRU"),
        ({"gru": 0.8}, "GRU above 0.900"),
        ({"tanh": 0.6}, "tanh below 0.550"),
    ],
)
def test_claims_that_do_not(changes, what):
    assert verdicts(Results(records(levels={**LEVELS, **changes})))[what] == "not held"


def test_one_seed_decides_nothing():
    found = verdicts(Results(records(seeds=(0,))))
    assert found["GRU minus tanh"] == "not decided"


def test_the_dial():
    results = Results(records("copying_100", units=DIAL, dial=True))
    found = verdicts(results, "copying_100")
    assert found == {
        "LSTM-b minus LSTM": "held",
        "LSTM, forget bias 2 minus LSTM": "held",
        "LSTM, chrono minus LSTM": "held",
    }


def test_the_dial_beside_the_table_has_one_rate():
    def better_at_later_rates(trial):
        share = LEVELS["lstm"] + 0.04 * trial.candidate + 0.001 * trial.seed
        return record_of(trial, known=share)

    table = play(
        lambda known: trials_of("arithmetic_3", known, units=("lstm", "lstm_b")),
        better_at_later_rates,
    )
    dial = records(units=DIAL, dial=True)
    names = {record.name for record in dial}
    results = Results([*dial, *(r for r in table if r.name not in names)])
    claims = claim_table(results)
    assert set(chosen(results)["learning_rate"]) == {RATES[0], RATES[2]}
    effect = claims.set_index(["claim", "what"])["effect"]
    alone = claim_table(Results(dial)).set_index(["claim", "what"])["effect"]
    assert len(effect[START]) == 3
    assert effect[START].equals(alone[START])


def test_xml_beside_the_paper():
    found = verdicts(Results(records("xml")), "xml")
    assert found["GRU above 0.440"] == "not held"
    assert found["LSTM-f above 0.214"] == "not held"


@pytest.mark.parametrize("kind", ["table", "search"])
def test_the_report(kind, tmp_path):
    known = records() if kind == "table" else search_of(children=10)[1]
    console = Console(width=120, record=True)
    write_report(STUDY, Results(known), tmp_path, console)
    page = (tmp_path / "report.md").read_text()
    shown = console.export_text()
    assert (tmp_path / "published.csv").exists()
    if kind == "table":
        assert "![" in page and (tmp_path / "accuracies_arithmetic_3.png").exists()
        assert "MUT1 at least equals the GRU" in page and "0.921" in shown
        assert "The fittest cells" not in page
    else:
        assert (tmp_path / "population.png").exists()
        assert "The fittest cells" in page and "h' = " in page and "h' = " in shown
