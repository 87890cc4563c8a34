"""The units that the layers are compared with Keras over."""

import pytest

from tests.units import KERAS_UNITS


@pytest.fixture(params=KERAS_UNITS, ids=lambda unit: unit.name)
def keras_unit(request):
    """A unit that Keras has too."""
    return request.param
