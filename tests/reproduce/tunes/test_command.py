"""The study as a user runs it."""

import pandas as pd
import pytest

from reproduce.command_line import main
from tests.reproduce.command import run


@pytest.mark.exhaustive
def test_from_the_tunes_to_the_report(backend, environment, tmp_path):
    arguments = ("tunes", "--quick", "--dataset", "aird", "--units", "gru", "tanh")
    result = run(
        *(*arguments, "--vocabularies", "tokens", "--backend", backend),
        *("--epochs", 2, "--samples", 20, "--seeds", 0, 1, "--out", tmp_path / "out"),
        env=environment,
        cwd=tmp_path,
    )
    assert result.returncode == 0, result.stderr
    assert "Warning" not in result.stderr
    trials = pd.read_csv(tmp_path / "out" / "trials.csv")
    assert sorted(zip(trials["unit"], trials["seed"], strict=True)) == [
        ("gru", 0),
        ("gru", 1),
        ("tanh", 0),
        ("tanh", 1),
    ]
    samples = pd.read_csv(tmp_path / "out" / "samples.csv").set_index("origin")
    assert samples["tunes"].tolist()[1:] == [500, 40, 40]
    assert samples.loc["held-out tunes", "well_formed"] > 0.5
    assert (tmp_path / "out" / "report.html").stat().st_size > 50_000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--dataset", "bach"], "nottingham"),
        (["--vocabularies", "words"], "characters"),
        (["--units", "elman"], "gru"),
        (["--dropout", "1"], "Must be < 1"),
        (["--samples", "0"], "Must be >= 1"),
        (["--temperature", "0"], "Must be > 0"),
        (["--top-p", "1.5"], "Must be <= 1"),
        (["--quick", "--full"], "--quick"),
    ],
)
def test_bad_usage(arguments, message, run_here):
    status, printed = run_here(main, "tunes", *arguments)
    assert status == 2
    assert message in " ".join(printed.err.replace("│", " ").split())


def test_no_data(run_here, tmp_path):
    out = tmp_path / "out"
    status, printed = run_here(
        *(main, "tunes", "--data-dir", tmp_path, "--out", out, "--quick")
    )
    assert status == 1
    assert "nottingham" in printed.err
    assert not (out / "report.md").exists()
