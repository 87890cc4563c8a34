"""The parent's side of the worker processes."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

from benchmarks.worker import MARK

ROOT = Path(__file__).resolve().parents[1]

SHOWN_LINES = 15

NO_GPU = {"CUDA_VISIBLE_DEVICES": "", "JAX_PLATFORMS": "cpu"}


class WorkerError(RuntimeError):
    """A worker ended before it had replied."""


class Worker:
    """A process that measures on one backend, for use in a `with` statement."""

    def __init__(self, backend: str, device: str | None = None) -> None:
        self.backend = backend
        self.device = device

    def __enter__(self) -> "Worker":
        inherited = os.environ.get("PYTHONPATH")
        self._errors = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker"],
            env={
                **os.environ,
                "KERAS_BACKEND": self.backend,
                "TF_CPP_MIN_LOG_LEVEL": "3",
                **(NO_GPU if self.device == "cpu" else {}),
                # Else the first to use a GPU takes all its memory, and PyTorch none.
                "TF_FORCE_GPU_ALLOW_GROWTH": "true",
                "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
                "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), inherited))),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # What it measured is here already; there is nothing that it could still save.
        self._process.kill()
        self._process.communicate()
        self._errors.close()

    def ask(self, kind: str, **task: Any) -> Any:
        """Has a task done and waits for the reply.

        Raises:
            WorkerError: If the process ends before. It says how, and on what backend.
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            stdin.write(json.dumps({"kind": kind, **task}) + "\n")
            stdin.flush()
        except BrokenPipeError:
            raise self._error(task) from None
        for line in stdout:
            if line.startswith(MARK):
                return json.loads(line.removeprefix(MARK))
        raise self._error(task)

    def _error(self, task: dict[str, Any]) -> WorkerError:
        status = self._process.wait()
        how = f"was ended by signal {-status}" if status < 0 else f"ended with {status}"
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").splitlines()
        return WorkerError(
            f"The benchmark on {self.backend} {how}, asked for {task}. The last lines "
            "it wrote:\n" + "\n".join(lines[-SHOWN_LINES:] or ["(none)"])
        )
