import io

import pandas as pd
from rich.console import Console

from reproduce.report import choose, write_report
from reproduce.studies.chung2014 import STAND_IN
from tests.reproduce.examples import record_of, trial

PNG = b"\x89PNG\r\n\x1a\n"


def records():
    return [
        record_of(trial(candidate=0, learning_rate=2e-3), valid=8.4),
        record_of(trial(candidate=1, learning_rate=1e-3), valid=8.3),
        record_of(trial(candidate=2, learning_rate=1e-1), valid=None),
        record_of(trial(unit="tanh", candidate=0), valid=8.6),
    ]


def test_validation_chooses_the_learning_rate_of_each_unit():
    chosen = {r["config"]["unit"]: r["config"]["candidate"] for r in choose(records())}
    assert chosen == {"gru": 1, "tanh": 0}


def test_a_trial_that_diverged_is_chosen_only_if_all_did():
    diverged = record_of(trial(candidate=2), valid=None)
    assert choose([diverged]) == [diverged]


def report(found, out):
    console = Console(file=io.StringIO(), width=80)
    write_report(found, out, console)
    return console.file.getvalue()


def test_report_has_our_numbers_beside_the_papers(tmp_path):
    text = report(records(), tmp_path)
    gru = next(line for line in text.splitlines() if line.strip().startswith("GRU"))
    ours, paper = "100 1.0e-3 8.300 8.300 8.300 8.300", "6.94 8.54"
    assert " ".join(gru.split()) == f"GRU 5 {ours} {paper} 4"
    assert "NOT comparable" not in text
    table = pd.read_csv(tmp_path / "table2.csv")
    assert table["unit"].tolist() == ["gru", "tanh"]
    assert table["test_nll_pooled"].tolist() == [8.3, 8.6]
    assert table["paper_test"].tolist() == [8.54, 9.10]
    assert len(pd.read_csv(tmp_path / "trials.csv")) == 4


def test_report_draws_the_learning_curves(tmp_path):
    report(records(), tmp_path)
    picture = tmp_path / "learning_curves_jsb_chorales.png"
    assert picture.read_bytes().startswith(PNG)
    assert not list(tmp_path.glob(".*"))


def test_results_on_other_data_are_marked(tmp_path):
    other = trial(data=STAND_IN)
    text = report([record_of(other)], tmp_path)
    assert "NOT comparable with the paper" in text
    assert "music21" in text


def test_a_diverged_trial_can_be_reported(tmp_path):
    text = report([record_of(trial(candidate=2), valid=None)], tmp_path)
    assert "nan" in text
