"""Runs pytest in children of a process that has loaded what is slow to load.

Nothing of the tree is loaded before a child begins, so that each sees its own fault.
"""

import contextlib
import importlib
import json
import os
import resource
import signal
import sys
import time
import warnings

MODULES = (
    *("keras", "pandas", "matplotlib.figure", "matplotlib.image", "scipy.stats"),
    *("rich.console", "rich.progress", "jinja2", "markdown_it", "sqlalchemy", "optuna"),
    *("mido", "soundfile", "sklearn.decomposition", "onnx", "onnxruntime", "psutil"),
)
"""Slow to load, and no plugins of pytest, which must load those itself."""

BUSY = 20
"""How much longer than its processor time a child may take, where many share it."""


def load(modules):
    """Loads modules; the tests that need one that is missing will say so."""
    for name in modules:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def run(request):
    """Runs pytest in a child; its exit status, minus its signal, or None if late."""
    child = os.fork()
    if child == 0:
        _be_pytest(request)
    end = time.monotonic() + BUSY * request["limit"]
    status = None
    while status is None and time.monotonic() < end:
        found, code = os.waitpid(child, os.WNOHANG)
        status = os.waitstatus_to_exitcode(code) if found else None
        time.sleep(0.05)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    if status is None:
        os.waitpid(child, 0)
    return None if status == -signal.SIGXCPU else status


def _be_pytest(request):
    """Does not return."""
    status = 1
    try:
        os.setsid()
        limit = int(request["limit"])
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
        os.chdir(request["tree"])
        os.environ.update(request["environment"])
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nothing, stream)
        sys.path[:] = [request["tree"], *filter(None, sys.path)]
        sys.dont_write_bytecode = True
        import pytest

        status = int(pytest.main(request["arguments"]))
    finally:
        os._exit(status)


def main():
    # To start a thread and to fork may be a mistake; here no thread of ours is left.
    warnings.simplefilter("ignore")
    load(MODULES)
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)


if __name__ == "__main__":
    # Not even what lies beside this file: only a child has a tree.
    sys.path.pop(0)
    main()
