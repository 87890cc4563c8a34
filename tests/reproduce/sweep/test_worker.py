"""What a worker does with an error: the trial's own, or everybody's."""

import multiprocessing
import os
from dataclasses import replace
from pathlib import Path

import pytest

from reproduce import studies
from reproduce.ledger import Ledger
from reproduce.storing import NotStoredError
from reproduce.studies.chung2014.trial import Trial
from reproduce.sweep import worker
from reproduce.sweep.worker import Job, _run
from reproduce.training.arrays import save_arrays
from reproduce.training.room import Room
from tests.reproduce.examples import TRIAL, small_task


@pytest.fixture
def run_raising(sqlite, monkeypatch):
    """Runs a trial that raises, and tells how it stands then."""
    # No sign of life is due in a test: the first would end a process without a parent.
    ledger = Ledger(sqlite, Trial, heartbeat=3600)
    ledger.enqueue([TRIAL])

    def run(error, is_alone=False):
        def run_trial(*arguments):
            raise error

        study = replace(studies.load("chung2014"), load=lambda *a: small_task())
        monkeypatch.setattr(studies, "load", lambda name: study)
        monkeypatch.setattr("reproduce.training.trial.run_trial", run_trial)
        job = Job("chung2014", [TRIAL], sqlite, 1, None, Path(), 0)
        try:
            ended = _run(ledger.claim([TRIAL]), job, ledger, lambda: is_alone)
        except (NotStoredError, SystemExit) as raised:
            ended = raised
        return ended, ledger.states([TRIAL])[TRIAL.name]

    yield run
    ledger.storage.engine.dispose()


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (KeyError("x"), "KeyError: 'x'"),
        (AssertionError(), "AssertionError"),
        (ConnectionResetError(104, "reset"), "ConnectionResetError: [Errno 104] reset"),
        (MemoryError("no room"), "MemoryError: no room"),
    ],
)
def test_what_a_trial_raises_is_its_own(run_raising, error, told):
    ended, state = run_raising(error)
    assert ended is False
    assert (state.status, state.error) == ("failed", told)


def test_what_cannot_be_stored_ends_the_worker(run_raising):
    error = NotStoredError("no space")
    ended, state = run_raising(error)
    assert ended is error
    assert state.status == "running"


def test_a_worker_without_its_parent_gives_the_trial_back(run_raising):
    ended, state = run_raising(BrokenPipeError(), is_alone=True)
    assert isinstance(ended, SystemExit)
    assert state.status == "waiting"


def test_memory_is_given_back_after_every_trial(sqlite, monkeypatch):
    done = []
    trials = [TRIAL, replace(TRIAL, seed=TRIAL.seed + 1)]
    ledger = Ledger(sqlite, Trial)
    ledger.enqueue(trials)

    def run(claim, *rest):
        done.append(claim.trial.seed)
        ledger.fail(claim, "ValueError", "")
        return False

    monkeypatch.setattr(worker, "_run", run)
    monkeypatch.setattr(Room, "make", lambda room: done.append("room"))
    job = Job("chung2014", trials, sqlite, 60, None, Path(), 0)
    assert worker.work(job) == 0
    ledger.storage.engine.dispose()
    assert done == [TRIAL.seed, "room", TRIAL.seed + 1, "room"]


def test_a_file_that_cannot_be_written_is_told_from_other_errors(tmp_path):
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "weights.npz"
    with pytest.raises(NotStoredError, match=f"{path} cannot be written"):
        save_arrays(path, {}, {})


# Not an exit status alone: what led to the error is what can be mended.
def test_the_first_of_the_errors_is_told(monkeypatch, capsys):
    def work(job, is_alone):
        assert not is_alone()
        try:
            try:
                raise OSError("no space left")
            except OSError as error:
                raise RuntimeError("a commit failed") from error
        except RuntimeError as error:
            raise worker.StorageInternalError("the storage failed") from error

    monkeypatch.setattr(worker, "work", work)
    monkeypatch.setattr(worker, "speak_through", lambda writer: None)
    monkeypatch.setattr(worker.signal, "signal", lambda *_: None)
    _, writer = multiprocessing.Pipe(duplex=False)
    with pytest.raises(SystemExit) as ended:
        worker.work_for_parent(None, os.getppid(), writer)
    assert ended.value.code == worker.CANNOT_STORE
    told = "error: results cannot be stored: no space left\n"
    assert capsys.readouterr().err == told
