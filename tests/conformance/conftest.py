"""Collects the outcomes of the checks, and writes them after a whole run."""

import pytest

from tests.conformance.layers import TABLES
from tests.conformance.results import FOLDER, LEFT_TO, Results

RESULTS = Results()

TABLE_OF = {"test_conformance": "layers", "test_wrappers": "wrappers"}
"""The table that a test fills."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call" and item.originalname in TABLE_OF:
        cell, table = item.callspec.params, TABLE_OF[item.originalname]
        place = table, cell["name"], cell["check"].name
        RESULTS.record(*place, *outcome_of(report, call))
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
        written = RESULTS.write(FOLDER, TABLES)
        print(f"\n{FOLDER}: {'results written' if written else 'not a whole run'}")
