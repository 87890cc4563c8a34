"""The report of trials that were trained on made-up tunes."""

import io
from dataclasses import replace

import pandas as pd
import pytest
from rich.console import Console

from reproduce.report import write_report
from reproduce.studies.tunes.names import HELD_OUT, NGRAM
from reproduce.studies.tunes.study import STUDY
from reproduce.study import Results
from reproduce.training.trial import run_trial
from tests.reproduce.tunes.tiny import DATA, task_of, trial_of

MODELS = [("gru", "tokens"), ("tanh", "tokens"), ("gru", "characters")]


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    out = tmp_path_factory.mktemp("tunes")
    records = []
    for unit, kind in MODELS:
        task = task_of(kind)
        trial = trial_of(task, unit, epochs=1)
        records.append(run_trial(STUDY.training, trial, task, out, lambda *_: None))
    baselines = list(STUDY.baselines("nottingham", task_of()))
    return Results(records, baselines, folder=out)


def write(results, out):
    console = Console(file=io.StringIO(), width=120)
    write_report(STUDY, results, out, console)
    return console.file.getvalue()


def test_a_whole_report(results, tmp_path):
    printed = write(results, tmp_path)
    assert "Nottingham: test, 5-gram" in printed
    report = (tmp_path / "report.md").read_text()
    for shown in ("well_formed", "copied", "distances"):
        picture = tmp_path / f"{shown}_nottingham.png"
        assert picture.stat().st_size > 5000
        assert picture.name in report
    models = pd.read_csv(tmp_path / "models.csv")
    assert models["test_note"].tolist() == pytest.approx(
        [record.score("per_note", "test") for record in results.records]
    )
    samples = pd.read_csv(tmp_path / "samples.csv").set_index("origin")
    names = [f"{STUDY.labels['unit'][unit]}, {kind}" for unit, kind in MODELS]
    assert samples.index.tolist() == [HELD_OUT, NGRAM, *names]
    assert samples["tunes"].tolist() == [len(DATA.test), 500, 8, 8, 8]
    assert samples.loc[HELD_OUT, "well_formed"] == 1
    claims = pd.read_csv(tmp_path / "claims.csv")
    assert claims["claim"].nunique() == 11
    assert claims["verdict"].isin(["held", "not held", "not decided"]).all()
    published = pd.read_csv(tmp_path / "published.csv").set_index("of")
    assert published.loc["parameters", "value"] == 5_599_881


def test_models_of_several_sizes_are_not_set_side_by_side(results, tmp_path):
    first = results.records[0]
    other = replace(first, trial=replace(first.trial, row=64))
    with pytest.raises(ValueError, match=r"different row, \[6, 64\]"):
        write(Results([first, other]), tmp_path)
