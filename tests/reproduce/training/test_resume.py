"""A trial that was stopped goes on as if it had not been."""

import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from reproduce.studies.chung2014.models import layer_arguments
from reproduce.studies.chung2014.protocols import PROTOCOLS
from reproduce.training.arrays import load_arrays
from tests.reproduce.examples import TRIAL, small_task, trial
from tests.reproduce.training.killed import LONG, WAITS_AT
from tests.reproduce.training.running import run_trial
from tests.tiers import exhaustive_elsewhere

pytestmark = pytest.mark.everywhere

ROOT = Path(__file__).resolve().parents[3]


class Stop(Exception):
    """What stops a trial in the middle."""


def of_protocol(protocol, unit, backend):
    recipe = PROTOCOLS[protocol].recipes["jsb_chorales", unit]
    return replace(
        TRIAL,
        protocol=protocol,
        unit=unit,
        backend=backend,
        recipe=recipe,
        layer_arguments=layer_arguments("table1", unit, recipe),
    )


def run(trial, out, stop_at=None, seconds=0.0):
    """The record, and the epochs that were told; no record of a stopped trial."""
    epochs = []

    def report(epoch, score):
        epochs.append(epoch)
        if epoch == stop_at:
            raise Stop

    try:
        return run_trial(trial, small_task(), out, report, seconds), epochs
    except Stop:
        return None, epochs


def checkpoint(trial, out):
    return out / "checkpoints" / f"{trial.name}-{trial.digest}.npz"


def assert_same(record, other):
    assert record.history.keys() == other.history.keys()
    for name in record.history.keys() - {"seconds"}:
        np.testing.assert_array_equal(
            record.history[name], other.history[name], err_msg=name
        )
    for name in ("trial", "best_epoch", "scores", "parameters"):
        assert getattr(record, name) == getattr(other, name), name


CASES = {
    "paper": "lstm",
    "code": "gru",
    "ours": "lstm",
}


def test_every_protocol_is_a_case():
    assert set(CASES) == set(PROTOCOLS)


@exhaustive_elsewhere
@pytest.mark.parametrize(("protocol", "unit"), CASES.items())
def test_a_stopped_trial_ends_as_one_never_stopped(protocol, unit, backend, tmp_path):
    if backend != "jax" and protocol != "ours":
        pytest.skip("the one with the most states to save is enough here")
    trial = of_protocol(protocol, unit, backend)
    expected, _ = run(trial, tmp_path / "whole", seconds=1000)
    # Twice: what the second goes on from was written by a resumed trial.
    assert run(trial, tmp_path, stop_at=3) == (None, [1, 2, 3])
    assert run(trial, tmp_path, stop_at=5) == (None, [3, 4, 5])
    record, epochs = run(trial, tmp_path)
    assert epochs == [5, 6]
    assert_same(record, expected)
    assert len(record.history["seconds"]) == 6
    whole, pieces = (
        load_arrays(folder / "weights" / f"{trial.name}.npz")[0]["weights"]
        for folder in (tmp_path / "whole", tmp_path)
    )
    for weight, other in zip(pieces, whole, strict=True):
        np.testing.assert_array_equal(weight, other)


@pytest.mark.once
def test_a_stopped_trial_still_stops_by_its_patience(backend, tmp_path):
    quick = trial(backend=backend, learning_rate=1e-12, max_epochs=50, patience=3)
    expected, told = run(quick, tmp_path / "whole")
    run(quick, tmp_path, stop_at=told[-1])
    record, epochs = run(quick, tmp_path)
    assert epochs == told[-1:]
    assert_same(record, expected)


@pytest.mark.once
def test_a_finished_trial_trains_its_last_epoch_again_at_most(backend, tmp_path):
    short = trial(backend=backend, max_epochs=3)
    first, _ = run(short, tmp_path)
    second, epochs = run(short, tmp_path)
    assert epochs == [3]
    assert_same(second, first)


@pytest.mark.once
def test_another_trial_has_another_checkpoint(backend, tmp_path):
    run(trial(backend=backend), tmp_path, stop_at=3)
    _, epochs = run(trial(backend=backend, max_epochs=3), tmp_path)
    assert epochs == [1, 2, 3]


@pytest.mark.once
def test_a_killed_trial_ends_as_one_never_killed(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.reproduce.training.killed", str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    for line in process.stdout:
        if int(line) >= 60:
            process.kill()
            break
    process.stdout.close()
    process.stdin.close()
    assert process.wait() == -signal.SIGKILL
    _, notes = load_arrays(checkpoint(LONG, tmp_path))
    finished = len(notes["history"]["valid_nll"])
    assert 50 < finished <= WAITS_AT
    record, epochs = run(LONG, tmp_path)
    assert epochs[0] == finished + 1
    expected, _ = run(LONG, tmp_path / "whole", seconds=1000)
    assert_same(record, expected)


@pytest.mark.once
def test_a_truncated_checkpoint_is_named(backend, tmp_path):
    stopped = trial(backend=backend)
    run(stopped, tmp_path, stop_at=3)
    path = checkpoint(stopped, tmp_path)
    whole = path.read_bytes()
    for size in (0, 10, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:size])
        with pytest.raises(ValueError, match=path.name):
            run(stopped, tmp_path)


@pytest.mark.once
@pytest.mark.parametrize("file", ["checkpoint", "weights"])
def test_a_checkpoint_of_another_model_is_named(file, backend, tmp_path):
    larger = trial(backend=backend, units=7, max_epochs=3)
    smaller = trial(backend=backend, units=5, max_epochs=3)
    run(larger, tmp_path)
    wrong = checkpoint(larger, tmp_path)
    if file == "weights":
        wrong = tmp_path / "weights" / f"{larger.name}.npz"
    path = checkpoint(smaller, tmp_path)
    path.write_bytes(wrong.read_bytes())
    with pytest.raises(ValueError, match=f"{path.name} is a checkpoint of another"):
        run(smaller, tmp_path)
