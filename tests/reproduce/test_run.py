"""The command as a user runs it, on the real data."""

import os
import signal
import subprocess

import pandas as pd
import pytest

from reproduce.command_line import main
from reproduce.ledger import Ledger
from reproduce.studies.chung2014.options import Options
from reproduce.studies.chung2014.trial import Trial
from tests import needs
from tests.reproduce.command import run
from tests.reproduce.sweep import held


def records(out, backend="jax"):
    """The records in the ledger of an output folder, by name."""
    path = out / "ledger.db"
    found = (
        Ledger(f"sqlite:///{path}", Trial).records_of(backend) if path.exists() else []
    )
    return {record.name: record for record in found}


def test_end_to_end_and_again(backend, environment, tmp_path):
    out = tmp_path / "out"
    arguments = ("--backend", backend, "--trials", 1, "--epochs", 2, "--out", out)
    first = run(*arguments, env=environment, cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    assert "Warning" not in first.stderr
    found = records(out, backend)
    assert len(found) == 3
    for record in found.values():
        assert record.trial.backend == backend
        assert len(record.history["valid_nll"]) == 2
        assert 5 < record.score("nll", "test") < 20
        assert record.score("nll_with_noise", "test") > 5
    table = pd.read_csv(out / "table2.csv").set_index("unit")
    assert table["parameters"].to_dict() == {
        "lstm": 18_108,
        "gru": 18_630,
        "tanh": 18_900,
    }
    for file in ("report.md", "report.html", "figure2.png", "claims.csv"):
        assert (out / file).stat().st_size > 500
    for number in ("8.67", "8.54", "9.10"):
        assert number in first.stdout

    again = run(*arguments, env=environment, cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert "3 of 3 trials were finished by an earlier run" in again.stdout
    assert records(out, backend) == found

    (out / "report.md").unlink()
    report = run(
        "--report", "--backend", backend, "--out", out, env=environment, cwd=tmp_path
    )
    assert report.returncode == 0, report.stderr
    assert (out / "report.md").exists()

    other = run(*arguments, "--epochs", 3, env=environment, cwd=tmp_path)
    assert other.returncode == 1
    assert "max_epochs is 2 there and 3 here" in other.stderr
    assert "--out" in other.stderr


@pytest.mark.exhaustive
def test_no_data_and_no_network(backend, environment, tmp_path):
    """The chorales are made once, before the workers start, and are the paper's."""
    needs.package("music21")
    offline = {
        **{k: v for k, v in environment.items() if k != "KERAS_GATED_DATA"},
        "KERAS_HOME": str(tmp_path / "keras"),
        "https_proxy": "http://127.0.0.1:9",
    }
    arguments = ("--backend", backend, "--trials", 1, "--epochs", 1, "--workers", 2)
    result = run(*arguments, "--out", tmp_path / "out", env=offline, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    printed = result.stdout + result.stderr
    assert printed.count("Making JSB Chorales") == 1
    assert printed.count("Downloading") == 2
    assert "Warning" not in result.stderr
    assert "NOT comparable" not in printed
    found = records(tmp_path / "out", backend).values()
    assert {record.trial.data for record in found} == {"canonical"}
    assert len(found) == 3


@pytest.mark.exhaustive
def test_speech_with_its_baselines(backend, environment, tmp_path):
    arguments = ("--dataset", "speech_a", "--protocol", "ours", "--units", "gru")
    result = run(
        *("--backend", backend, *arguments, "--trials", 1, "--epochs", 1),
        *("--out", tmp_path),
        env=environment,
    )
    assert result.returncode == 0, result.stderr
    (record,) = records(tmp_path, backend).values()
    assert record.trial.data == "Free Spoken Digit Dataset"
    assert record.score("nll", "test") < 14.19
    report = (tmp_path / "report.md").read_text()
    assert "linear autoregression" in report
    assert "stand-in" in report


@pytest.mark.exhaustive
def test_ctrl_c_keeps_what_is_finished(environment, tmp_path):
    arguments = ["--trials", "1", "--workers", "1", "--units", "gru", "lstm"]
    arguments += ["--epochs", "4", "--out", str(tmp_path)]
    process = held.start(
        *arguments,
        stderr=subprocess.PIPE,
        env=environment,
        start_new_session=True,
    )
    # The one worker begins with the largest network.
    held.let_go(tmp_path, "lstm")
    held.wait_until(lambda: "gru" in held.models(tmp_path), process)
    os.killpg(process.pid, signal.SIGINT)
    stdout, stderr = process.communicate(timeout=held.LONG_SECONDS)
    assert process.returncode == 130, stderr
    assert "Interrupted" in stdout
    assert "1 of 2 trials are finished and kept" in stdout
    assert "Traceback" not in stderr
    kept = records(tmp_path)

    resumed = run(*arguments, env=environment)
    assert resumed.returncode == 0, resumed.stderr
    assert "1 of 2 trials were finished by an earlier run" in resumed.stdout
    assert len(records(tmp_path)) == 2
    assert kept.items() <= records(tmp_path).items()


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--dataset", "mozart"], 2, "jsb_chorales"),
        (["mozart2014"], 2, "There is no study 'mozart2014'"),
        (["--backend", "jax", "odyssey2015", "--quick"], 2, "The study comes first"),
        (["--report", "--out", "odyssey2015"], 1, "no finished trial"),
        (["odyssey2015", "--variants", "GRU"], 2, "NOAF"),
        (["odyssey2015", "--variants", "NP"], 1, "Name V too with --variants"),
        (["odyssey2015", "--quick", "--full"], 2, "--quick"),
        (["--backend", "theano"], 2, "tensorflow"),
        (["--units", "elman"], 2, "gru"),
        (["--protocol", "theirs"], 2, "paper"),
        (["--arms", "legs"], 2, "no_peepholes"),
        (["--trials", "0"], 2, "Must be >= 1"),
        (["--epochs", "many"], 2, "many"),
        (["--seeds", "-1"], 2, "Must be >= 0"),
        (["--table1", "--report"], 2, "--report"),
        (["--checkpoint-seconds", "-1"], 2, "Must be >= 0"),
        (["--arms", "no_peepholes", "--units", "gru"], 1, "no trial"),
        (["--data-dir", "/nowhere"], 1, "/nowhere"),
        (["--out", "/dev/null/out"], 1, "cannot be written to"),
        (["--storage", "sqlite:////nowhere/x.db"], 1, "cannot be opened"),
        (["--ray", "127.0.0.1:1"], 1, "No Ray cluster at 127.0.0.1:1"),
        (["--report"], 1, "no finished trial"),
    ],
)
def test_bad_input_ends_with_a_message(arguments, status, message, run_here):
    found, printed = run_here(main, *arguments)
    assert found == status
    assert message in printed.err


def test_what_is_named_twice_is_run_once():
    options = Options(
        units=("gru", "tanh", "gru"), dataset=("all", "speech"), seeds=(1, 1)
    )
    assert options.units == ("gru", "tanh")
    assert len(options.dataset) == 6
    assert options.seeds == (1,)


def test_the_dashboard_is_hinted_at(run_here):
    _, printed = run_here(main, "--dashboard")
    assert "optuna-dashboard sqlite:///" in printed.out


def test_table_1(run_here):
    status, printed = run_here(main, "--table1")
    assert status == 0
    for number in ("169,065", "168,888", "168,400", "18,108", "20,900"):
        assert number in printed.out
