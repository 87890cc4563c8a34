"""Sweeps of real trials in real processes, killed at random instants."""

import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass

import pandas as pd
import psutil
import pytest

from reproduce import studies
from reproduce.ledger import Ledger
from tests import needs
from tests.reproduce.command import COMMAND, run
from tests.reproduce.sweep import held

pytestmark = pytest.mark.exhaustive

SHORT = ("--trials", "1", "--epochs", "12", "--patience", "12", "--heartbeat", "1")
SWEEPS = {
    "chung2014": ("--units", "gru", "tanh"),
    "odyssey2015": ("odyssey2015", "--variants", "V", "CIFG"),
}
"""Two models of each study, in the arguments of the command."""

RESUMED = ("--checkpoint-seconds", "0")


@dataclass(frozen=True)
class Sweep:
    """A sweep of two models, and what comes out if nothing disturbs it."""

    study: str
    which: tuple[str, ...]
    undisturbed: pd.DataFrame

    @property
    def arguments(self):
        """Those of the command, but for the output folder."""
        return (*self.which, *SHORT)

    @property
    def models(self):
        """The names of the two."""
        return self.which[-2:]


def table(out):
    """What a sweep found, without the seconds it took."""
    trials = pd.read_csv(out / "trials.csv").sort_values("name")
    return trials.drop(columns="seconds").reset_index(drop=True)


def workers_of(process):
    """The processes in which trials run."""
    try:
        children = psutil.Process(process.pid).children()
        return [c for c in children if "spawn_main" in " ".join(c.cmdline())]
    except psutil.NoSuchProcess:
        return []


def held_workers(process, out):
    """Those of them that are in the middle of a trial, and stay there."""
    marked = held.processes(out)
    return [worker for worker in workers_of(process) if worker.pid in marked]


def kill_workers(process):
    """Kills all of them; how many that were."""
    workers = workers_of(process)
    for worker in workers:
        worker.kill()
    return len(workers)


def rows(out, study):
    """State and name of every row of the ledger."""
    ledger = Ledger(f"sqlite:///{out / 'ledger.db'}", studies.load(study).trial)
    return [
        (trial.state.name, trial.user_attrs["name"])
        for study in ledger.storage.get_all_studies()
        for trial in ledger.storage.get_all_trials(study._study_id)
    ]


@pytest.fixture(scope="module", params=SWEEPS)
def sweep(request, tmp_path_factory, environment):
    out = tmp_path_factory.mktemp("undisturbed")
    models = SWEEPS[request.param]
    result = run(*models, *SHORT, "--out", out, env=environment)
    assert result.returncode == 0, result.stderr
    return Sweep(request.param, models, table(out))


def test_workers_killed_ten_times_change_nothing(sweep, environment, tmp_path):
    process = held.start(*sweep.arguments, *RESUMED, "--out", tmp_path, env=environment)
    rng = random.Random(0)
    for _ in range(5):
        held.wait_until(lambda: len(held_workers(process, tmp_path)) == 2, process)
        assert kill_workers(process) == 2
        # And again wherever they are then, if they are there.
        time.sleep(rng.uniform(0.3, 4.0))
        kill_workers(process)
    held.let_go(tmp_path, *sweep.models)
    output, _ = process.communicate(timeout=held.LONG_SECONDS)
    assert process.returncode == 0, output
    pd.testing.assert_frame_equal(table(tmp_path), sweep.undisturbed)
    complete = [
        name for state, name in rows(tmp_path, sweep.study) if state == "COMPLETE"
    ]
    assert sorted(complete) == sorted(sweep.undisturbed["name"])
    assert not list((tmp_path / "checkpoints").iterdir())


def test_a_killed_sweep_takes_its_workers_along_and_goes_on(
    sweep, environment, tmp_path
):
    arguments = [*sweep.arguments, *RESUMED, "--out", tmp_path]
    for _ in range(2):
        process = held.start(
            *arguments,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        held.wait_until(lambda p=process: held_workers(p, tmp_path), process)
        workers = workers_of(process)
        process.send_signal(signal.SIGKILL)
        process.wait()
        _, alive = psutil.wait_procs(workers, timeout=held.LONG_SECONDS)
        assert not alive
    resumed = run(*arguments, env=environment)
    assert resumed.returncode == 0, resumed.stderr
    pd.testing.assert_frame_equal(table(tmp_path), sweep.undisturbed)


def test_two_sweeps_share_one_postgresql_server(
    sweep, environment, postgresql, tmp_path
):
    """Two commands as on two machines: one data base, an output folder each."""
    commands = [
        subprocess.Popen(
            [
                *COMMAND,
                *sweep.arguments,
                # Neither is to take the other for dead, which may only be slow.
                *("--heartbeat", "600"),
                *("--workers", "1", "--storage", postgresql),
                *("--out", str(tmp_path / machine)),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
        )
        for machine in ("one", "two")
    ]
    outputs = [
        command.communicate(timeout=held.LONG_SECONDS)[0] for command in commands
    ]
    assert [command.returncode for command in commands] == [0, 0], outputs
    for machine in ("one", "two"):
        pd.testing.assert_frame_equal(table(tmp_path / machine), sweep.undisturbed)
    weights = [len(list((tmp_path / m / "weights").iterdir())) for m in ("one", "two")]
    assert sum(weights) == len(sweep.undisturbed)


@pytest.fixture
def small_disk(tmp_path):
    """A disk of its own that is nearly full."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(disk)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True).returncode:
        needs.missing("a small disk can be mounted by root on Linux only")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


@pytest.mark.parametrize("sweep", ["chung2014"], indirect=True)
def test_a_full_disk_is_named_and_what_was_finished_is_kept(
    sweep, environment, small_disk
):
    one_after_the_other = [
        *sweep.arguments,
        *RESUMED,
        "--workers",
        "1",
        "--out",
        small_disk,
    ]
    full = run(*one_after_the_other, env=environment)
    assert full.returncode == 1, full.stdout
    assert "error: results cannot be stored" in full.stderr
    assert "make room" in full.stderr
    subprocess.run(["mount", "-o", "remount,size=50m", str(small_disk)], check=True)
    resumed = run(*one_after_the_other, env=environment)
    assert resumed.returncode == 0, resumed.stderr
    pd.testing.assert_frame_equal(table(small_disk), sweep.undisturbed)
