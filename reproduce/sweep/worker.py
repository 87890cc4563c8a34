"""What every process of a sweep does: claim a trial, run it, store its record."""

import functools
import math
import os
import signal
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from optuna.exceptions import StorageInternalError

from reproduce import studies
from reproduce.ledger import Claim, Ledger
from reproduce.storing import NotStoredError
from reproduce.sweep.messages import speak_through
from reproduce.trial import Trial

IDLE_SECONDS = 3.0
REPORT_SECONDS = 1.0

CANNOT_STORE = 74
"""Exit status of a process that could not write its results: EX_IOERR."""


@dataclass(frozen=True)
class Job:
    """What a worker has to know.

    Args:
        study: Name of the study.
        trials: The trials of the sweep, in the order in which to start them.
        storage: Address of the ledger.
        heartbeat: Seconds between two signs of life.
        data_dir: Folder of the data sets, or `None`.
        out: Folder of checkpoints and weights.
        checkpoint_seconds: Seconds between two checkpoints of a trial.
    """

    study: str
    trials: Sequence[Trial]
    storage: str
    heartbeat: int
    data_dir: Path | None
    out: Path
    checkpoint_seconds: float


def work(job: Job, is_alone: Callable[[], bool] = lambda: False) -> int:
    """Runs trials until every trial of the job is complete or has failed.

    Whatever a trial raises fails that trial, for this sweep, and the next one is begun.
    A trial whose process died is waited for: some worker has to run it again.

    Args:
        job: The job.
        is_alone: Tells whether who started this process is gone; it then ends.

    Returns:
        The number of trials that this worker completed.
    """
    from reproduce.training.room import Room

    ledger = Ledger(job.storage, type(job.trials[0]), job.heartbeat)
    room = Room()
    completed = 0
    while True:
        ledger.retry_dead(job.trials)
        claim = ledger.claim(job.trials)
        if claim is not None:
            completed += _run(claim, job, ledger, is_alone)
            room.make()
        elif any(s.status != "failed" for s in ledger.states(job.trials).values()):
            if is_alone():
                return completed
            time.sleep(IDLE_SECONDS)
        else:
            return completed


def work_for_parent(job: Job, parent: int, writer: Connection) -> None:
    """`work` in a process of its own, which does not outlive the process `parent`.

    Ctrl-C is for the parent, which then ends this process by SIGTERM. The terminal is
    the parent's, too: it shows what this process writes, and gets it from `writer`.
    """
    speak_through(writer)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)
    try:
        work(job, is_alone=lambda: os.getppid() != parent)
    except (OSError, StorageInternalError) as error:
        print(f"error: results cannot be stored: {_root(error)}", file=sys.stderr)
        sys.exit(CANNOT_STORE)


def _root(error: BaseException) -> BaseException:
    """The first of the errors that led to this one."""
    while (before := error.__cause__ or error.__context__) is not None:
        error = before
    return error


def _end(number: int, frame: object) -> None:
    sys.exit(128 + number)


def _run(claim: Claim, job: Job, ledger: Ledger, is_alone: Callable[[], bool]) -> bool:
    from reproduce.training.trial import forget_checkpoint, run_trial

    study, trial = studies.load(job.study), claim.trial
    _use_one_thread(trial.backend)
    try:
        with _heartbeats(claim, ledger, is_alone):
            # Who planned the sweep has read the same data, and shown its warnings.
            with warnings.catch_warnings(action="ignore", category=UserWarning):
                task = study.load(trial.dataset, trial.encoding, job.data_dir)
            report = _throttled(functools.partial(ledger.report, claim))
            record = run_trial(
                study.training, trial, task, job.out, report, job.checkpoint_seconds
            )
            stored = ledger.finish(claim, record)
    except (NotStoredError, StorageInternalError):
        raise
    except (KeyboardInterrupt, SystemExit):
        ledger.give_back(claim)
        raise
    # The boundary of a job: what one trial raises is reported, and no other's affair.
    except Exception as error:  # noqa: BLE001
        _set_down(error, claim, ledger, is_alone)
        return False
    forget_checkpoint(trial, job.out)
    return stored


def _set_down(
    error: Exception, claim: Claim, ledger: Ledger, is_alone: Callable[[], bool]
) -> None:
    """Stores what a trial raised."""
    if is_alone():
        # Whose parent is gone writes into a broken pipe; that is not the trial's fault.
        ledger.give_back(claim)
        sys.exit(f"{type(error).__name__}: {error}")
    ledger.fail(claim, *_told(error))


def _told(error: Exception) -> tuple[str, str]:
    """The type and message of an error, and its traceback."""
    told = traceback.TracebackException.from_exception(error)
    name = type(error).__name__
    return f"{name}: {told}".removesuffix(": "), "".join(told.format())


def _throttled(report: Callable[[int, float], None]) -> Callable[[int, float], None]:
    """Leaves out epochs that follow too soon, and scores that are no numbers."""
    last = -math.inf

    def throttled(epoch: int, score: float) -> None:
        nonlocal last
        now = time.monotonic()
        if now >= last + REPORT_SECONDS and math.isfinite(score):
            last = now
            report(epoch, score)

    return throttled


@contextmanager
def _heartbeats(
    claim: Claim, ledger: Ledger, is_alone: Callable[[], bool]
) -> Iterator[None]:
    """Gives signs of life from a thread while a trial runs."""
    done = threading.Event()

    def beat() -> None:
        while not done.wait(ledger.heartbeat):
            if is_alone():
                os.kill(os.getpid(), signal.SIGTERM)
            # A ledger out of reach for good is found out when results are stored.
            with suppress(StorageInternalError):
                ledger.beat(claim)

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _use_one_thread(backend: str) -> None:
    if backend == "torch":
        import torch

        torch.set_num_threads(1)
