"""Collects the outcomes of the checks, and writes them after a whole run."""

import pytest

from keras_gated.testing import CHECKS
from tests.conformance.layers import LAYERS
from tests.conformance.results import FOLDER, LEFT_TO, Results

RESULTS = Results()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call" and item.originalname == "test_conformance":
        cell = item.callspec.params
        RESULTS.record(cell["name"], cell["check"].name, *outcome_of(report, call))
    return report


def outcome_of(report, call):
    """The outcome of a check, and the reason where it did not pass."""
    if hasattr(report, "wasxfail"):
        return "failed", report.wasxfail
    if report.skipped:
        reason = call.excinfo.value.msg
        left = reason.startswith(LEFT_TO)
        return "left out" if left else "not applicable", reason
    if report.failed:
        return "failed", str(call.excinfo.value).splitlines()[-1]
    return "passed", ""


def pytest_sessionfinish(session, exitstatus):
    if FOLDER is not None and exitstatus in (0, 1):
        written = RESULTS.write(FOLDER, LAYERS, CHECKS)
        print(f"\n{FOLDER}: {'results written' if written else 'not a whole run'}")
