"""A run that did not get to all of its tests, or to none, fails and says so.

Tests are left behind by `--exitfirst`, by Ctrl-C, and by a process that dies.
"""

import pytest

IN_FULL = 200
"""How many of them are printed."""


class Reached:
    """What was to run, and what has."""

    def __init__(self):
        self.wanted = {}
        self.ran = set()
        self.started = False

    def pytest_collection_finish(self, session):
        self.wanted.update(dict.fromkeys(item.nodeid for item in session.items))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids):
        self.wanted.update(dict.fromkeys(ids))

    def pytest_runtest_logreport(self, report):
        self.started |= report.when == "call" and not report.skipped
        if report.when == "teardown" or report.outcome != "passed":
            self.ran.add(report.nodeid)

    @property
    def left(self):
        return [name for name in self.wanted if name not in self.ran]

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session):
        if session.config.option.collectonly or hasattr(session.config, "workerinput"):
            return
        if session.exitstatus == pytest.ExitCode.OK:
            if not self.started:
                session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED
            elif self.left:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter, config):
        if config.option.collectonly:
            return
        if self.wanted and not self.started:
            terminalreporter.line("No test was started: all of them were skipped.")
        if not self.left:
            return
        terminalreporter.section(f"{len(self.left)} tests not reached")
        for name in self.left[:IN_FULL]:
            terminalreporter.line(name)
        if len(self.left) > IN_FULL:
            terminalreporter.line(f"... and {len(self.left) - IN_FULL} more")
