"""Collects the results of the checks, and writes them after a whole run."""

import pytest

from keras_gated.testing import CHECKS
from tests.conformance.layers import LAYERS
from tests.conformance.results import FOLDER, Results

RESULTS = Results()


@pytest.fixture
def record_cell():
    return RESULTS.record


def pytest_sessionfinish(session, exitstatus):
    if FOLDER is None or exitstatus not in (0, 1):
        return
    written = RESULTS.write(FOLDER, LAYERS, CHECKS)
    print(f"\nresults in {FOLDER}: {'written' if written else 'not a whole run'}")
