"""A plugin of pytest that runs chosen tests in a given order and says which failed.

`KERAS_GATED_CHOSEN` names a JSON file with the ids of the tests, `KERAS_GATED_OUTCOME`
the one that tells what happened, up to a crash.
"""

import json
import os
from pathlib import Path

SLOW_FIXTURES = {"built", "wheel", "installed"}
"""What takes a compiler's time before the first test that needs it."""


class Chosen:
    def __init__(self, order, outcome):
        self.order = {test: place for place, test in enumerate(order)}
        self.outcome = outcome
        self.found = {"ran": 0, "running": "", "failed": "", "why": ""}

    def pytest_collection_modifyitems(self, config, items):
        kept = [item for item in items if item.nodeid in self.order]
        others = [item for item in items if item.nodeid not in self.order]
        config.hook.pytest_deselected(items=others)
        items[:] = sorted(kept, key=self._place)

    def _place(self, item):
        slow = bool(SLOW_FIXTURES & set(getattr(item, "fixturenames", ())))
        return slow, self.order[item.nodeid]

    def pytest_runtest_logstart(self, nodeid):
        self._tell(running=nodeid)

    def pytest_collectreport(self, report):
        if report.failed:
            self._tell(failed=report.nodeid, why=_last_line(report))

    def pytest_runtest_logreport(self, report):
        if report.failed and not self.found["failed"]:
            self._tell(failed=report.nodeid, why=_last_line(report))

    def pytest_runtest_logfinish(self):
        self._tell(running="", ran=self.found["ran"] + 1)

    def _tell(self, **what):
        self.found |= what
        self.outcome.write_text(json.dumps(self.found))


def _last_line(report):
    crash = getattr(report.longrepr, "reprcrash", None)
    text = crash.message if crash is not None else str(report.longrepr)
    return text.strip().splitlines()[0][:200] if text.strip() else ""


def pytest_configure(config):
    order = json.loads(Path(os.environ["KERAS_GATED_CHOSEN"]).read_text())
    outcome = Path(os.environ["KERAS_GATED_OUTCOME"])
    config.pluginmanager.register(Chosen(order, outcome), "chosen")
