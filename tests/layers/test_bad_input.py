"""What a recurrent layer refuses, and that its message names it."""

import numpy as np
import pytest

from keras_gated.layers import (
    GRU,
    GRUCell,
    PeepholeLSTM,
    PeepholeLSTMCell,
    SimpleRNN,
    SimpleRNNCell,
)

LAYERS = pytest.mark.parametrize("make", [PeepholeLSTM, GRU, SimpleRNN])
CELLS = pytest.mark.parametrize("make", [PeepholeLSTMCell, GRUCell, SimpleRNNCell])

FEATURES, SIZE = 2, 4


@LAYERS
@pytest.mark.parametrize("units", [0, -3])
def test_units_must_be_positive(make, units):
    with pytest.raises(ValueError, match=f"units.*{units}"):
        make(units)


@CELLS
@pytest.mark.parametrize("units", [0, -3])
def test_units_of_a_cell_must_be_positive(make, units):
    with pytest.raises(ValueError, match=f"units.*{units}"):
        make(units)


@LAYERS
def test_there_must_be_a_time_step(make):
    message = rf"{make.__name__} needs at least one time step.*\(3, 0, {FEATURES}\)"
    with pytest.raises(ValueError, match=message):
        make(SIZE)(np.zeros((3, 0, FEATURES), "float32"))


@LAYERS
@pytest.mark.parametrize("shape", [(3, FEATURES), (3, 5, 5, FEATURES)])
def test_inputs_must_have_three_axes(make, shape):
    with pytest.raises(ValueError, match="expected ndim=3"):
        make(SIZE)(np.zeros(shape, "float32"))


@LAYERS
@pytest.mark.parametrize("shape", [(3,), (3, 5, 1)])
def test_masks_must_have_two_axes(make, shape):
    message = r"mask.*\(batch, time\).*\(3,"
    with pytest.raises(ValueError, match=message):
        make(SIZE)(np.zeros((3, 5, FEATURES), "float32"), mask=np.ones(shape, bool))
