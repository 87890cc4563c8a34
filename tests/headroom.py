"""How near the numbers of the tests come to their tolerances.

`pytest -p tests.headroom` watches every `np.testing.assert_allclose`, `np.isclose`,
`np.allclose` and `pytest.approx` that holds. What uses most of its tolerance fails by
another machine's rounding. The summary lists the source lines whose largest share is
above a third, `--headroom FILE` writes that of all lines and tests.
"""

import json
import numbers
import sys
from pathlib import Path

import pytest

WORTH_A_LOOK = 1 / 3
ROOT = Path(__file__).parents[1]


def share_used(found, expected, rtol, atol):
    """The largest share of the tolerance that any pair of numbers uses."""
    import numpy as np

    found, expected = np.asarray(found), np.asarray(expected)
    if found.dtype.kind not in "bifc" or expected.dtype.kind not in "bifc":
        return 0.0
    found, expected = found.astype("complex128"), expected.astype("complex128")
    with np.errstate(all="ignore"):
        allowed = atol + rtol * np.abs(expected)
        shares = np.where(found == expected, 0, np.abs(found - expected) / allowed)
    finite = shares[np.isfinite(shares)]
    return float(finite.max()) if finite.size else 0.0


class Headroom:
    """Watches the comparisons of a session."""

    def __init__(self, file):
        self.file = file
        self.test = ""
        self.found = {}

    def record(self, found, expected, rtol, atol):
        share = share_used(found, expected, rtol, atol)
        frame = sys._getframe(1)
        while not self._ours(frame.f_code.co_filename):
            frame = frame.f_back
            if frame is None:
                return
        path = Path(frame.f_code.co_filename).relative_to(ROOT)
        key = f"{path}:{frame.f_lineno}", self.test
        count, most = self.found.get(key, (0, 0.0))
        self.found[key] = count + 1, max(most, share)

    @staticmethod
    def _ours(name):
        return name != __file__ and any(
            name.startswith(str(ROOT / folder)) for folder in ("tests", "keras_gated")
        )

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item):
        self.test = item.nodeid

    def pytest_terminal_summary(self, terminalreporter):
        if self.file:
            rows = [[*key, *found] for key, found in self.found.items()]
            Path(self.file).write_text(json.dumps(rows, indent=0))
        largest = {}
        for (line, test), (_, share) in self.found.items():
            largest[line] = max(largest.get(line, (0, "")), (share, test))
        total = sum(count for count, _ in self.found.values())
        terminalreporter.section("shares of the tolerances used")
        terminalreporter.write_line(f"{total} comparisons on {len(largest)} lines")
        for line, (share, test) in sorted(largest.items(), key=lambda e: -e[1][0]):
            if share > WORTH_A_LOOK:
                terminalreporter.write_line(f"{share:8.3f}  {line}  {test}")


def pytest_addoption(parser):
    parser.addoption("--headroom", metavar="FILE", help="where all shares are written")


def pytest_configure(config):
    # Not at import: NumPy reads its instruction set, which conftest.py chooses.
    import numpy as np

    watch = Headroom(config.getoption("--headroom"))
    config.pluginmanager.register(watch, "headroom")

    def watched(compare, rtol, atol):
        def wrapper(found, expected, *args, **kwargs):
            __tracebackhide__ = True
            given = dict(zip(("rtol", "atol"), args, strict=False)) | kwargs
            tolerances = given.get("rtol", rtol), given.get("atol", atol)
            result = compare(found, expected, *args, **kwargs)
            if result is None or np.all(result):
                watch.record(found, expected, *tolerances)
            return result

        return wrapper

    np.testing.assert_allclose = watched(np.testing.assert_allclose, 1e-7, 0)
    np.isclose = watched(np.isclose, 1e-5, 1e-8)
    np.allclose = watched(np.allclose, 1e-5, 1e-8)

    scalar = type(pytest.approx(1.0))
    equal = scalar.__eq__

    def watched_equal(self, found):
        result = equal(self, found)
        if result and isinstance(self.expected, numbers.Number):
            watch.record(found, self.expected, 0, self.tolerance)
        return result

    scalar.__eq__ = watched_equal
