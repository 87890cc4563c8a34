"""Many trials in parallel, each of them once."""

import multiprocessing
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.queues import Queue
from queue import Empty
from typing import Any

from keras_gated.datasets.music import MusicDataset
from reproduce import worker
from reproduce.display import Display
from reproduce.interrupts import noted_interrupts
from reproduce.ledger import Ledger, Record
from reproduce.studies.chung2014 import Trial

POLL_SECONDS = 0.2


def run_sweep(
    trials: Sequence[Trial],
    datasets: Mapping[str, MusicDataset],
    ledger: Ledger,
    display: Display,
    workers: int,
) -> dict[str, BaseException]:
    """Runs the trials that the ledger does not hold yet.

    Args:
        trials: The trials, in the order in which to start them.
        datasets: The data sets of the trials, by name.
        ledger: Where records are kept.
        display: What shows the progress.
        workers: Number of processes, each with one thread.

    Returns:
        The errors of the failed trials, by name. Records are in the ledger.

    Raises:
        KeyboardInterrupt: On Ctrl-C, after the processes have been ended.
        ValueError: If the ledger holds results of another configuration.
    """
    finished = ledger.read_all(trials)
    open_trials = [trial for trial in trials if trial.name not in finished]
    display.start(trials, found=len(finished))
    if not open_trials:
        return {}

    context = multiprocessing.get_context("spawn")
    events: Queue[Any] = context.Queue()
    errors: dict[str, BaseException] = {}
    with (
        noted_interrupts() as interrupted,
        ProcessPoolExecutor(
            max_workers=min(workers, len(open_trials)),
            mp_context=context,
            initializer=worker.start,
            initargs=(events,),
        ) as pool,
    ):
        try:
            pending = {
                pool.submit(
                    worker.work, trial, datasets[trial.dataset], ledger
                ): trial.name
                for trial in open_trials
            }
            while pending:
                if interrupted.is_set():
                    raise KeyboardInterrupt
                done, _ = wait(pending, timeout=POLL_SECONDS)
                _show(events, display)
                for future in done:
                    error = _collect(future, pending[future], display)
                    if error is not None:
                        errors[pending[future]] = error
                    del pending[future]
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                process.terminate()
            raise
    return errors


def _show(events: "Queue[Any]", display: Display) -> None:
    while True:
        try:
            display.update(*events.get_nowait())
        except Empty:
            return


def _collect(
    future: "Future[Record]", name: str, display: Display
) -> BaseException | None:
    error = future.exception()
    if isinstance(error, BrokenProcessPool):
        error = RuntimeError("a process of the sweep was killed")
    if error is None:
        display.finish(name, future.result())
    else:
        display.fail(name, error)
    return error
