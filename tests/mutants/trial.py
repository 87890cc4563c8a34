"""Runs tests on a tree until one fails."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

NURSERY = Path(__file__).with_name("nursery.py")
OPTIONS = ("-x", "-q", "-p", "no:cacheprovider", "-p", "tests.mutants.chosen")

OVERHEAD = 60
"""Seconds of processor time that a start and a fixture may take."""

SLOWER = 4
"""How many times what was recorded tests may take before they count as hanging."""


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
        start = time.monotonic()
        request = {
            "tree": str(tree),
            "environment": {
                "PYTHONPATH": str(tree),
                "PYTHONDONTWRITEBYTECODE": "1",
                "KERAS_GATED_CHOSEN": str(chosen),
                "KERAS_GATED_OUTCOME": str(outcome),
            },
            "arguments": [*OPTIONS, *files],
            "limit": limit,
        }
        status = _status(backend, request)
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


def _status(backend, request):
    """The exit status of pytest; None if it took too long, and was ended."""
    nursery = _nursery(backend)
    nursery.stdin.write(json.dumps(request) + "\n")
    nursery.stdin.flush()
    return json.loads(nursery.stdout.readline())


@cache
def _nursery(backend):
    """The process whose children run the tests of a backend."""
    return subprocess.Popen(
        [sys.executable, str(NURSERY)],
        env={**os.environ, "KERAS_BACKEND": backend},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _outcome(status):
    if status is None:
        return "timeout"
    # 5: no test was there to run.
    return "survived" if status in (0, 5) else "caught"


def _reason(status):
    if status is None:
        return "took too long"
    return f"ended with status {status}" if status else ""
