"""A plugin of pytest that tells coverage which test runs, in subprocesses too.

COVERAGE_PROCESS_START=FILE pytest -p tests.mutants.contexts
"""

import json
import os
from pathlib import Path

import coverage
import pytest

TEST = "KERAS_GATED_TEST"
"""The variable whose value is the context of the processes that a test starts."""

seconds: dict[str, float] = {}


def spent() -> float:
    """The processor time of this process and of those it waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item):
    measured = coverage.Coverage.current()
    if measured is not None:
        measured.switch_context(item.nodeid)
    os.environ[TEST] = item.nodeid
    before = spent()
    result = yield
    seconds[item.nodeid] = round(spent() - before, 3)
    return result


def pytest_sessionfinish():
    if "KERAS_GATED_SECONDS" in os.environ:
        Path(os.environ["KERAS_GATED_SECONDS"]).write_text(json.dumps(seconds))
