"""The report of trials that were trained on made-up speech."""

import io
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from reproduce.report import write_report
from reproduce.studies.tang2016.claims.paired_rows import paired_row
from reproduce.studies.tang2016.options import Options
from reproduce.studies.tang2016.plan import plan
from reproduce.studies.tang2016.study import STUDY
from reproduce.study import Results
from reproduce.training.trial import run_trial
from tests.reproduce.tang2016.tiny import task_of, trial_of

SHOWN = ("activations", "noise", "responses", "trajectories")


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    out = tmp_path_factory.mktemp("tang2016")
    frames, ctc = task_of(), task_of("ctc")
    trials = [
        (frames, trial_of(frames, unit, seed=seed))
        for unit in ("lstm", "gru")
        for seed in (0, 1)
    ]
    trials += [
        (frames, trial_of(frames, "gru", shortcuts=True)),
        (ctc, trial_of(ctc, "gru")),
    ]
    records = [
        run_trial(STUDY.training, trial, task, out, lambda *_: None)
        for task, trial in trials
    ]
    return Results(records, folder=out)


def write(results, out):
    console = Console(file=io.StringIO(), width=120)
    write_report(STUDY, results, out, console)
    return console.file.getvalue()


def test_a_whole_report(results, tmp_path):
    printed = write(results, tmp_path)
    assert "Synthetic speech, frames: errors on test sentences" in printed
    report = (tmp_path / "report.md").read_text()
    first = report.lstrip().splitlines()[0]
    assert "A study after Tang et al. 2016, whose corpus is licensed" in first
    for shown in SHOWN:
        picture = tmp_path / f"{shown}_flite_frames.png"
        assert picture.stat().st_size > 5000 and picture.name in report
    table = pd.read_csv(tmp_path / "recognisers.csv")
    assert table["seeds"].tolist() == [2, 2, 1, 1]
    expected = np.mean([r.score("frame_error", "test") for r in results.records[:2]])
    assert table["test_frame_error"][0] == pytest.approx(expected)
    assert table["test_frame_error"].isna().tolist() == [False, False, False, True]
    for name in ("activations", "responses", "smoothness"):
        assert len(pd.read_csv(tmp_path / f"{name}.csv")) == 3 * 2
    assert len(pd.read_csv(tmp_path / "half_lives.csv")) == 3 * 2 * 4
    claims = pd.read_csv(tmp_path / "claims.csv")
    assert claims["claim"].nunique() == 6
    assert claims["verdict"].isin(["held", "not held", "not decided"]).all()
    assert (claims.loc[claims["claim"] != "Shortcuts help", "n"] == 2).all()


def test_what_was_trained_elsewhere_is_reported_without_memory(results, tmp_path):
    write(replace(results, folder=tmp_path / "none"), tmp_path)
    assert not list(tmp_path.glob("*.png"))
    assert pd.read_csv(tmp_path / "claims.csv")["claim"].nunique() == 2


@pytest.mark.parametrize(
    ("differences", "verdict", "note"),
    [
        ([0.1, 0.11, 0.12, 0.1], "held", ""),
        ([-0.1, -0.11, -0.12, -0.1], "not held", ""),
        ([0.1, -0.11, 0.12, -0.1], "not decided", ""),
        ([0.1], "not decided", ""),
        ([0.1, 0.11, float("inf")], "held", "1 without a number"),
        ([0.0, 0.0], "not decided", ""),
    ],
)
def test_verdicts(differences, verdict, note):
    row = paired_row("claim", "flite_frames", "what", differences)
    assert (row["verdict"], row["note"]) == (verdict, note)


def planned(task, **options):
    return plan(Options(**options), f"flite_{task.objective}", task)


def test_the_default_plan():
    frames, ctc = planned(task_of()), planned(task_of("ctc"))
    assert len(frames) == 5 * (3 + 2) and len(ctc) == 5 * 3
    assert {t.layers for t in frames} == {3} and {t.max_epochs for t in frames} == {25}
    assert {t.units for t in frames if t.unit == "lstm"} == {128}
    assert {t.unit for t in frames if t.shortcuts} == {"lstm", "gru"}
    assert len({t.name for t in frames + ctc}) == len(frames + ctc)
    assert {t.is_looked_into for t in frames} == {True}
    assert {t.is_looked_into for t in ctc} == {False}


def test_other_plans():
    task = task_of()
    quick = planned(task, quick=True)
    assert {(t.layers, t.max_epochs, t.shortcuts) for t in quick} == {(1, 2, False)}
    full = planned(task, full=True, seeds=(0,))
    assert {t.direction for t in full} == {"forward", "both"}
    assert not any(t.shortcuts for t in full if t.direction == "both")
    assert len(Options(dataset=("all",)).dataset) == 6
    assert Options(quick=True).folder != Options().folder
