"""The command as a user runs it, in processes of its own, on the real data."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from reproduce.run import parse

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, str(ROOT / "reproduce" / "run.py")]


@pytest.fixture
def environment(data_dir):
    changed = {"KERAS_GATED_DATA": str(data_dir.resolve()), "COLUMNS": "100"}
    return {**os.environ, **changed}


def run(*arguments, **kwargs):
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=600,
        **kwargs,
    )


def test_end_to_end_and_again(backend, environment, tmp_path):
    out = tmp_path / "out"
    arguments = ("--backend", backend, "--trials", 1, "--epochs", 2, "--out", out)
    first = run(*arguments, env=environment, cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    records = {path: path.read_text() for path in (out / "trials").iterdir()}
    assert len(records) == 3
    for text in records.values():
        record = json.loads(text)
        assert record["config"]["backend"] == backend
        assert len(record["history"]["valid_nll"]) == 2
        assert 5 < record["nll"]["test"]["pooled"] < 20
    table = pd.read_csv(out / "table2.csv").set_index("unit")
    assert table["recurrent_parameters"].to_dict() == {
        "lstm": 18_108,
        "gru": 18_630,
        "tanh": 18_900,
    }
    assert (out / "learning_curves_jsb_chorales.png").stat().st_size > 10_000
    for number in ("8.67", "8.54", "9.10"):
        assert number in first.stdout

    again = run(*arguments, env=environment, cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert "3 of 3 trials were finished by an earlier run" in again.stdout
    assert {path: path.read_text() for path in records} == records

    other = run(*arguments, "--epochs", 3, env=environment, cwd=tmp_path)
    assert other.returncode == 1
    assert "max_epochs is 2 there and 3 here" in other.stderr
    assert "--out" in other.stderr


@pytest.fixture
def only_once(backend):
    if backend != "jax":
        pytest.skip("processes of a sweep do the same on every backend; run on JAX")


SLOW = ("--trials", "1", "--workers", "1", "--units", "gru", "lstm", "--patience", "2")


def start_and_wait_for_a_record(out, environment):
    arguments = [*SLOW, "--epochs", "4", "--out", str(out)]
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
    )
    deadline = time.monotonic() + 300
    while not list(out.glob("trials/*.json")) and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return process, arguments


def test_ctrl_c_keeps_what_is_finished(only_once, environment, tmp_path):
    process, arguments = start_and_wait_for_a_record(tmp_path, environment)
    os.killpg(process.pid, signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130, stderr
    assert "Interrupted" in stdout
    assert "1 of 2 trials are finished and kept" in stdout
    assert "Traceback" not in stderr
    (first,) = (tmp_path / "trials").iterdir()
    kept = first.read_text()

    resumed = run(*arguments, env=environment)
    assert resumed.returncode == 0, resumed.stderr
    assert "1 of 2 trials were finished by an earlier run" in resumed.stdout
    assert first.read_text() == kept
    assert len(list((tmp_path / "trials").glob("*.json"))) == 2


def children(pid):
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in listed.split()]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_a_killed_worker_is_reported_and_its_trial_repeated(
    only_once, environment, tmp_path
):
    process, arguments = start_and_wait_for_a_record(tmp_path, environment)
    for child in children(process.pid):
        os.kill(child, signal.SIGKILL)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 1, stderr
    assert "killed" in stdout
    assert "1 of 2 trials are finished and kept" in stdout
    resumed = run(*arguments, env=environment)
    assert resumed.returncode == 0, resumed.stderr
    assert len(list((tmp_path / "trials").glob("*.json"))) == 2


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--dataset", "mozart"], 2, "jsb_chorales"),
        (["--backend", "theano"], 2, "tensorflow"),
        (["--units", "elman"], 2, "gru"),
        (["--trials", "0"], 2, "must be 1 or more, not 0"),
        (["--epochs", "many"], 2, "many"),
        (["--seed", "-1"], 2, "must be 0 or more, not -1"),
        (["--full", "--paper"], 2, "not allowed with"),
        (["--data-dir", "/nowhere"], 1, "/nowhere"),
        (["--out", "/dev/null/out"], 1, "cannot be written to"),
    ],
)
def test_bad_input_ends_with_a_message(only_once, arguments, status, message, tmp_path):
    result = run(*arguments, cwd=tmp_path)
    assert result.returncode == status
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_a_unit_named_twice_is_run_once():
    options = parse(["--units", "gru", "tanh", "gru"])
    assert options.units == ["gru", "tanh"]


def test_table_1(only_once, tmp_path):
    result = run("--table1", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    for number in ("169,065", "168,888", "168,400", "18,108", "20,900"):
        assert number in result.stdout
