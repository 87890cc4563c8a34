"""The recurrent units that the tests of this folder run over."""

import pytest

from tests.units import KERAS_UNITS, UNITS


@pytest.fixture(params=UNITS, ids=lambda unit: unit.name)
def unit(request):
    return request.param


@pytest.fixture(params=KERAS_UNITS, ids=lambda unit: unit.name)
def keras_unit(request):
    """A unit that Keras has too."""
    return request.param
