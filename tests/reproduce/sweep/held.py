"""The side of the test of `held_run.py`."""

import subprocess
import sys
import time
from pathlib import Path

COMMAND = [sys.executable, str(Path(__file__).with_name("held_run.py"))]
LONG_SECONDS = 1800
"""After which a test that hangs is ended; no outcome depends on it."""


def start(*arguments, **kwargs):
    """The command in a process of its own, whose output is one."""
    return subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        **{
            "stdout": subprocess.PIPE,
            "stderr": subprocess.STDOUT,
            "text": True,
            **kwargs,
        },
    )


def held(out):
    """The models whose trials wait or waited, each with the process that it is in."""
    names = (file.name.split("-") for file in out.glob("held-*"))
    return {(model, int(process)) for _, model, process in names}


def models(out):
    """Those models."""
    return {model for model, _ in held(out)}


def processes(out):
    """Those processes, of which one may have had several models."""
    return {process for _, process in held(out)}


def wait_until(condition, process):
    """Returns when that is so; the sweep must go on until then."""
    end = time.monotonic() + LONG_SECONDS
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.05)


def let_go(out, *models):
    """Lets the trials go on that wait, and those to come."""
    for model in models:
        (out / f"go-{model}").touch()
