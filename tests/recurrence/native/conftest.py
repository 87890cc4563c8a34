"""The library, as it is installed."""

import pytest

from keras_gated.recurrence.native.library import LOOPS, missing
from tests.recurrence.native.library import Library


@pytest.fixture(scope="session")
def library():
    reason = missing(LOOPS)
    assert reason is None, reason
    return Library()
