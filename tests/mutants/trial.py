"""Runs tests on a tree until one fails."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

OVERHEAD = 120
"""Seconds that a start and a fixture may take, on a busy machine."""

SLOWER = 6
"""How much slower than recorded the tests may be before they count as hanging."""


def run(tree, backend, tests, seconds):
    """What chosen tests say of a tree.

    Args:
        tree: The folder of the tree.
        backend: The backend of Keras.
        tests: The ids of the tests in the order in which they run.
        seconds: How long they took without a fault, by their ids.

    Returns:
        The outcome, "caught", "timeout" or "survived", the test that failed, what it
        said, how many tests ran, and the seconds.
    """
    limit = OVERHEAD + SLOWER * sum(seconds.get(test, 1.0) for test in tests)
    files = list(dict.fromkeys(test.split("::")[0] for test in tests))
    with tempfile.TemporaryDirectory() as folder:
        chosen, outcome = Path(folder, "chosen.json"), Path(folder, "outcome.json")
        chosen.write_text(json.dumps(tests))
        environment = {
            **os.environ,
            "KERAS_BACKEND": backend,
            "PYTHONPATH": str(tree),
            "PYTHONDONTWRITEBYTECODE": "1",
            "KERAS_GATED_CHOSEN": str(chosen),
            "KERAS_GATED_OUTCOME": str(outcome),
        }
        options = ("-x", "-q", "-p", "no:cacheprovider", "-p", "tests.mutants.chosen")
        start = time.monotonic()
        status = _status(
            [sys.executable, "-m", "pytest", *options, *files], tree, environment, limit
        )
        found = json.loads(outcome.read_text()) if outcome.exists() else {}
        shutil.rmtree(tree / ".hypothesis", ignore_errors=True)
    return {
        "backend": backend,
        "outcome": _outcome(status),
        "test": found.get("failed") or found.get("running") or "",
        "why": found.get("why") or _reason(status),
        "ran": found.get("ran", 0),
        "of": len(tests),
        "seconds": round(time.monotonic() - start, 1),
    }


def _status(command, tree, environment, limit):
    """The exit status of a command; None if it took too long, and was ended."""
    process = subprocess.Popen(
        command,
        cwd=tree,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return process.wait(limit)
    except subprocess.TimeoutExpired:
        return None
    finally:
        _end_group(process)


def _end_group(process):
    """Ends a process with all that it started; some may be left of one that crashed."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _outcome(status):
    if status is None:
        return "timeout"
    # 5: no test was there to run.
    return "survived" if status in (0, 5) else "caught"


def _reason(status):
    if status is None:
        return "took too long"
    return f"ended with status {status}" if status else ""
