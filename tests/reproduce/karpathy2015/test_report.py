"""The report of trials that were trained on a tiny text."""

import io
from dataclasses import replace

import pandas as pd
import pytest
from rich.console import Console

from reproduce.report import write_report
from reproduce.studies.karpathy2015.study import STUDY
from reproduce.study import Results
from reproduce.training.trial import run_trial
from tests.reproduce.karpathy2015.tiny import task_of, trial_of

MODELS = [("lstm", 2, 64), ("lstm", 3, 128), ("tanh", 2, 64)]
SHOWN = ("errors", "scaling", "braces", "course", "gates")


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    out = tmp_path_factory.mktemp("karpathy2015")
    task = task_of()
    records = [
        run_trial(STUDY.training, trial_of(task, *model), task, out, lambda *_: None)
        for model in MODELS
    ]
    baselines = list(STUDY.baselines("war_and_peace", task))
    return Results(records, baselines, folder=out)


def write(results, out):
    console = Console(file=io.StringIO(), width=120)
    write_report(STUDY, results, out, console)
    return console.file.getvalue()


def test_a_whole_report(results, tmp_path):
    printed = write(results, tmp_path)
    assert "War and Peace: nats per character, test; best n-gram" in printed
    assert "1.442" in printed
    report = (tmp_path / "report.md").read_text()
    for shown in SHOWN:
        (picture, *_) = tmp_path.glob(f"{shown}_war_and_peace*.png")
        assert picture.stat().st_size > 5000
        assert picture.name in report
    assert len(list(tmp_path.glob("gates_*.png"))) == 2
    table = pd.read_csv(tmp_path / "networks.csv")
    assert table["paper"].tolist() == [1.442, 1.279, 1.401]
    assert table["test"].tolist() == pytest.approx(
        [record.score("nll", "test") for record in results.records]
    )
    ngrams = pd.read_csv(tmp_path / "ngrams.csv").set_index("context")
    assert ngrams.loc[3, "paper"] == 1.521
    assert (ngrams["tail_minus_rows"] == ngrams["tail"] - ngrams["rows"]).all()
    errors = pd.read_csv(tmp_path / "errors.csv")
    totals = errors[errors["setting"] == "all"].groupby("model")["share"].sum()
    assert totals.tolist() == pytest.approx([1, 1])
    claims = pd.read_csv(tmp_path / "claims.csv")
    assert claims["claim"].nunique() == 15
    assert claims["verdict"].isin(["held", "not held", "not decided"]).all()


def test_what_was_trained_elsewhere_is_reported_without_characters(results, tmp_path):
    elsewhere = Results(results.records, results.baselines, folder=tmp_path / "none")
    write(elsewhere, tmp_path)
    assert not list(tmp_path.glob("*.png"))
    assert pd.read_csv(tmp_path / "claims.csv")["claim"].nunique() == 6


def test_two_protocols_are_not_set_side_by_side(results, tmp_path):
    other = trial_of(task_of(), *MODELS[0], protocol="ours")
    mixed = [*results.records, replace(results.records[0], trial=other)]
    with pytest.raises(ValueError, match=r"protocols \['ours', 'paper'\]"):
        write(Results(mixed), tmp_path)
