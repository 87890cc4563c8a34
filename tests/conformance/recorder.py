"""Collects the outcomes of the checks, and writes them after the run."""

import time

import pytest

from tests.conformance.results import FOLDER, LEFT_TO, Results

TABLE_OF = {"test_conformance": "layers", "test_wrappers": "wrappers"}
"""The table that a test fills."""

CELL = "cell of a table of conformance"


class Recorder:
    """Hooks of pytest, some of which run where the tests do, others where they end."""

    def __init__(self):
        self.results = Results()
        self.begin = time.monotonic()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item, call):
        report = yield
        name = getattr(item, "originalname", None)
        if report.when == "call" and name in TABLE_OF:
            cell = item.callspec.params
            place = TABLE_OF[name], cell["name"], cell["check"].name
            report.user_properties.append((CELL, [*place, *outcome_of(report, call)]))
        return report

    def pytest_runtest_logreport(self, report):
        kind = kind_of(report)
        if kind is not None:
            self.results.count(kind)
        for name, cell in report.user_properties:
            if name == CELL and report.when == "call":
                self.results.record(*cell)

    def pytest_sessionfinish(self, session, exitstatus):
        if hasattr(session.config, "workerinput") or exitstatus not in (0, 1):
            return
        from tests.conformance.layers import TABLES

        seconds = time.monotonic() - self.begin
        rows = self.results.write(FOLDER, TABLES, seconds)
        print(f"\n{FOLDER}: {len(rows)} rows written")


def kind_of(report):
    """How a test ended, in the words of pytest; None if this report is not its end."""
    if report.when != "call" and report.outcome == "passed":
        return None
    if hasattr(report, "wasxfail"):
        return "xfailed" if report.skipped else "xpassed"
    if report.when != "call" and report.failed:
        return "errors"
    return report.outcome


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
