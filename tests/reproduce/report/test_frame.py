"""Any study gets a report; only the frame is known here."""

import math
from dataclasses import dataclass

import matplotlib.image
import pandas as pd
import pytest

from reproduce.study import Failure
from tests.reproduce.report import tiny

RECORDS = [
    tiny.record(size=1, seed=0, test=2.0, dataset="noise", data="hiss"),
    tiny.record(size=1, seed=0, test=3.0),
    tiny.record(size=1, seed=1, test=3.25),
    tiny.record(size=2, seed=0, test=2.5),
    tiny.record(size=2, seed=1, test=2.0),
]


def page(out):
    return (out / "report.md").read_text(encoding="utf-8")


def sections(text):
    """The text beneath each heading."""
    parts = text.split("\n## ")
    return {part.partition("\n")[0]: part.partition("\n")[2] for part in parts}


def test_a_study_without_a_template_gets_a_report(tmp_path):
    printed = tiny.report(tiny.study(), RECORDS, tmp_path)
    found = sections(page(tmp_path))
    assert list(found) == [
        "# Two sizes",
        "In short",
        "What was run",
        "scores.csv",
        "Figures",
    ]
    assert "the records of 5 finished trials" in found["# Two sizes"]
    assert "| larger is better | -0.875 |" in found["In short"]
    run = found["What was run"]
    assert "5 trials;\n2.5 hours of them together. Seeds: 0, 1." in run
    assert "Backend: jax. Versions: keras 3." in run
    # In the order of the labels, not of the records.
    assert run.index("| Tunes | canonical | made up | `0123456789ab` |") < run.index(
        "| Noise | hiss | made up | `0123456789ab` |"
    )
    assert "| tunes | 1 | 2 | 3.125 |" in found["scores.csv"]
    assert "![Two curves that fall.](curves.png)\n*All trials.*" in found["Figures"]
    assert page(tmp_path).count("**Stand-ins for the paper's voices: Noise (hiss).**")
    assert (
        printed.split()
        == (
            f"Written to {tmp_path}: trials.csv, scores.csv, claims.csv, curves.png, "
            "report.md, report.html"
        ).split()
    )


def test_files_beside_the_page(tmp_path):
    tiny.report(tiny.study(), RECORDS, tmp_path)
    trials = pd.read_csv(tmp_path / "trials.csv")
    assert trials["size"].tolist() == [1, 1, 1, 2, 2]
    assert trials["test_nll_pooled"].tolist() == [2.0, 3.0, 3.25, 2.5, 2.0]
    assert pd.read_csv(tmp_path / "scores.csv")["test_nll"].tolist() == [2, 3.125, 2.25]
    assert len(pd.read_csv(tmp_path / "claims.csv")) == 1
    assert matplotlib.image.imread(tmp_path / "curves.png").shape[:2] == (300, 300)
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<title>Two sizes</title>" in html
    assert "<td>larger is better</td>" in html
    assert 'src="data:image/png;base64,' in html


@dataclass(frozen=True)
class Box:
    low: float
    high: float


def test_the_numbers_of_a_paper_stand_beside_the_page(tmp_path):
    boxes = {"tunes": {1: Box(1.5, math.nan)}}
    study = tiny.study(published={"table 1": {"steps": 7}, "figure 2": boxes})
    printed = tiny.report(study, RECORDS, tmp_path)
    assert (tmp_path / "published.csv").read_text(encoding="utf-8").split("\n") == [
        "source,of,value",
        "table 1,steps,7.0",
        'figure 2,"tunes, 1, low",1.5',
        "",
    ]
    assert "published.csv" in printed


def test_a_template_fills_blocks_of_the_frame(tmp_path):
    template = tmp_path / "short.md.j2"
    template.write_text(
        '{% extends "frame.md.j2" %}\n'
        "{% block results %}\n## What came of it\n\n{{ verdict }}\n\n"
        '{{ tables["scores.csv"] | table }}\n{% endblock %}\n',
        encoding="utf-8",
    )
    study = tiny.study(template, page=lambda results: {"verdict": "It holds."})
    tiny.report(study, RECORDS, tmp_path)
    found = sections(page(tmp_path))
    assert list(found)[1:] == [
        "In short",
        "What was run",
        "What came of it",
        "Figures",
    ]
    assert found["What came of it"].startswith("\nIt holds.\n\n| dataset | size |")


def test_a_study_may_have_its_own_table_of_trials(tmp_path):
    study = tiny.study(tables={"trials.csv": lambda results: results.frame[["name"]]})
    tiny.report(study, RECORDS, tmp_path)
    assert list(pd.read_csv(tmp_path / "trials.csv")) == ["name"]


def test_a_table_without_rows_has_no_file(tmp_path):
    tiny.report(tiny.study(), RECORDS, tmp_path)
    study = tiny.study(tables={"scores.csv": lambda results: results.frame.iloc[:0]})
    printed = tiny.report(study, RECORDS, tmp_path)
    assert not (tmp_path / "scores.csv").exists()
    assert "scores.csv" not in printed + page(tmp_path)


def test_trials_that_diverged_or_failed_are_told(tmp_path):
    failure = Failure("tiny-x", "ValueError: bad\nvalue", "Traceback", "here")
    records = [*RECORDS, tiny.record(size=2, seed=2, test=math.nan)]
    tiny.report(tiny.study(), records, tmp_path, failures=[failure])
    run = sections(page(tmp_path))["What was run"]
    assert "6 trials, of which 1 diverged;" in run
    assert "**Failed: 1 more, which count in no number here.**" in run
    assert "| tiny-x | `ValueError: bad value` |" in run


def test_divergence_is_told_by_the_score_of_the_study(tmp_path):
    study = tiny.study(score=("accuracy", "valid", "pooled"))
    tiny.report(study, RECORDS, tmp_path)
    assert "5 trials, of which 5 diverged;" in page(tmp_path)


def test_nothing_to_show(tmp_path):
    study = tiny.study(claims=lambda results: pd.DataFrame(), figures=(), tables={})
    tiny.report(study, [tiny.record()], tmp_path)
    text = page(tmp_path)
    assert "There are no trials yet with which to test" in text
    assert "Figures" not in text
    assert "Failed" not in text
    assert "**" not in text


def test_no_trial_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no finished trial"):
        tiny.report(tiny.study(), [], tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_the_study_refuses_is_not_reported(tmp_path):
    def refuse(results):
        raise ValueError("not together")

    with pytest.raises(ValueError, match="not together"):
        tiny.report(tiny.study(check=refuse), RECORDS, tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_summary_is_printed(tmp_path):
    study = tiny.study(summary=lambda results: [f"{len(results.records)} trials"])
    assert tiny.report(study, RECORDS, tmp_path).startswith("5 trials\nWritten to")
