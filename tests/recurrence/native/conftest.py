"""The library, as it is installed."""

import pytest

from keras_gated.recurrence.native.build_table import instruction_sets
from keras_gated.recurrence.native.library import LOOPS, missing
from tests.recurrence.native.library import Library


@pytest.fixture(scope="session")
def library():
    reason = missing(LOOPS)
    assert reason is None, reason
    return Library()


@pytest.fixture(params=instruction_sets())
def isa(request, library, monkeypatch):
    monkeypatch.setenv("KERAS_GATED_NATIVE_ISA", request.param)
    if library.isa != request.param:
        pytest.skip(f"the processor has no {request.param}")
    return request.param
