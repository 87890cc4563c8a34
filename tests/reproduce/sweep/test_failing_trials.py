"""A trial that raises fails, and no other one, in sweeps of real processes."""

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from reproduce.ledger import Ledger
from reproduce.studies.chung2014.trial import Trial
from tests.reproduce.command import run

SCRIPT = Path(__file__).with_name("failing_run.py")
ARGUMENTS = ("--backend", "torch", "--trials", "1", "--epochs", "1")
# No process dies here, and none is to be taken for dead.
ARGUMENTS += ("--heartbeat", "600")
MESSAGES = (
    "KeyError: 'recurrent_kernel'",
    "OperatorError: shapes differ | [3] and [4]\nin MatMul",
)


def run_failing(*arguments, env):
    return subprocess.run(
        [sys.executable, str(SCRIPT), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=1800,
        env=env,
    )


def rows_by_unit(url):
    """The states of all rows of the ledger."""
    ledger = Ledger(url, Trial)
    found = {}
    for study in ledger.storage.get_all_studies():
        for trial in ledger.storage.get_all_trials(study._study_id):
            unit = trial.user_attrs["config"]["unit"]
            found.setdefault(unit, []).append(trial.state.name)
    failures = ledger.failures_of("torch")
    ledger.storage.engine.dispose()
    return found, failures


def check_failed(result, url, out):
    assert result.returncode == 1, result.stderr
    assert "Failed: 2 of 3 trials." in result.stdout
    assert "1 of 3 trials are finished and kept; the same command" in result.stdout
    assert str(out / "failures.txt") in result.stdout
    assert "too little memory" not in result.stdout + result.stderr
    rows, failures = rows_by_unit(url)
    # Each trial was begun once, and nobody retried it.
    assert rows == {"lstm": ["FAIL"], "gru": ["FAIL"], "tanh": ["COMPLETE"]}
    assert {failure.error for failure in failures} == set(MESSAGES)
    told = (out / "failures.txt").read_text()
    assert told.count("Traceback (most recent call last)") == 2
    assert 'raise KeyError("recurrent_kernel")' in told
    report = (out / "report.md").read_text()
    assert "Failed: 2 more" in report
    for message in MESSAGES:
        assert message in result.stdout
        assert message in told
        in_a_row = message.replace("\n", " ").replace("|", r"\|")
        assert f"| `{in_a_row}` |" in report
    assert list(pd.read_csv(out / "trials.csv")["unit"]) == ["tanh"]


@pytest.mark.exhaustive
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_the_sweep_goes_on_and_the_same_command_repairs_it(
    database, environment, tmp_path, request
):
    storage = request.getfixturevalue(database)
    out = tmp_path / "out"
    arguments = (*ARGUMENTS, "--workers", "1", "--out", out, "--storage", storage)
    check_failed(run_failing(*arguments, env=environment), storage, out)

    again = run(*arguments, env=environment)
    assert again.returncode == 0, again.stderr
    assert "1 of 3 trials were finished by an earlier run" in again.stdout
    assert "ailed" not in again.stdout
    rows, failures = rows_by_unit(storage)
    assert failures == []
    assert rows == {
        "lstm": ["FAIL", "COMPLETE"],
        "gru": ["FAIL", "COMPLETE"],
        "tanh": ["COMPLETE"],
    }
    assert not (out / "failures.txt").exists()
    assert "Failed" not in (out / "report.md").read_text()
    assert len(pd.read_csv(out / "trials.csv")) == 3


def test_a_sweep_of_nothing_but_failures_ends(environment, tmp_path):
    arguments = (*ARGUMENTS, "--arms", "total", "--out", tmp_path)
    result = run_failing(*arguments, env=environment)
    assert result.returncode == 1, result.stderr
    assert "Failed: 2 of 2 trials." in result.stdout
    assert "\nAssertionError\n" in (tmp_path / "failures.txt").read_text()


@pytest.mark.exhaustive
@pytest.mark.filterwarnings("ignore")
def test_on_a_ray_cluster(environment, tmp_path, start_cluster):
    cluster, _ = start_cluster(2)
    arguments = (*ARGUMENTS, "--ray", cluster.address, "--out", tmp_path)
    result = run_failing(*arguments, env={**os.environ, **environment})
    check_failed(result, f"sqlite:///{tmp_path / 'ledger.db'}", tmp_path)
