"""Workers as processes of this machine."""

import multiprocessing
import os
import tempfile
from multiprocessing.context import SpawnProcess

from reproduce.sweep.messages import Messages
from reproduce.sweep.worker import CANNOT_STORE, Job, work_for_parent

END_SECONDS = 10.0
MAX_DEATHS = 20

CACHE_OF_JAX = "JAX_COMPILATION_CACHE_DIR"
CACHE_ALL = {
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
    "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
}


class LocalCrew:
    """Processes with one thread each, and others in place of those that die.

    What one of them compiles with JAX the others load, for as long as the crew works.

    Args:
        job: What they work on.
        workers: Their number.
    """

    def __init__(self, job: Job, workers: int) -> None:
        self._job = job
        self._context = multiprocessing.get_context("spawn")
        self._messages = Messages()
        self._compiled = tempfile.TemporaryDirectory(prefix="keras_gated-")
        if CACHE_OF_JAX not in os.environ:
            os.environ.update(CACHE_ALL, **{CACHE_OF_JAX: self._compiled.name})
        self._processes = [self._start() for _ in range(workers)]
        self._deaths = 0

    def __enter__(self) -> "LocalCrew":
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join(END_SECONDS)
            process.kill()
        self._messages.close()
        if os.environ.get(CACHE_OF_JAX) == self._compiled.name:
            for name in (CACHE_OF_JAX, *CACHE_ALL):
                del os.environ[name]
        self._compiled.cleanup()

    def messages(self) -> list[str]:
        """What the processes wrote since the last look, each line once."""
        return self._messages.read()

    def is_working(self) -> bool:
        """Whether there is a process left; puts others in place of dead ones.

        Raises:
            OSError: If a process could not store its results.
            ChildProcessError: If processes die again and again.
        """
        for index, process in enumerate(self._processes):
            if process.exitcode == CANNOT_STORE:
                raise OSError(
                    "results cannot be stored. What was finished before is kept; make "
                    "room and repeat the command"
                )
            if process.exitcode not in (0, None):
                self._replace(index)
        return any(process.exitcode is None for process in self._processes)

    def _replace(self, index: int) -> None:
        self._deaths += 1
        if self._deaths > MAX_DEATHS:
            status = self._processes[index].exitcode or 0
            killed = status < 0
            advice = "Is there too little memory?" if killed else "See what it wrote."
            raise ChildProcessError(
                f"{self._deaths} processes of the sweep died, the last with status "
                f"{status}. {advice}"
            )
        self._processes[index] = self._start()

    def _start(self) -> SpawnProcess:
        process = self._context.Process(
            target=work_for_parent,
            args=(self._job, os.getpid(), self._messages.writer),
        )
        process.start()
        return process
