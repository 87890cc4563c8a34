"""The recurrent units that the tests of this folder run over."""

import pytest

from tests.units import UNITS


@pytest.fixture(params=UNITS, ids=lambda unit: unit.name)
def unit(request):
    return request.param
