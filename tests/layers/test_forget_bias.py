"""Where the bias of the forget gate starts."""

import keras
import numpy as np
import pytest

from keras_gated.layers import (
    LSTM_VARIANTS,
    LSTMVariant,
    LSTMVariantCell,
    PeepholeLSTM,
    PeepholeLSTMCell,
)

FEATURES, SIZE = 2, 3

pytestmark = pytest.mark.once


def bias_of(layer):
    layer.build((None, None, FEATURES))
    return keras.ops.convert_to_numpy(layer.cell.bias).reshape(-1, SIZE)


@pytest.mark.parametrize("make", [PeepholeLSTM, LSTMVariant])
@pytest.mark.parametrize(
    ("given", "start"),
    [(True, 1), (False, 7), (2.5, 2.5), (-1, -1), (0, 0), (np.float32(0.5), 0.5)],
)
def test_starts_where_it_is_told(make, given, start):
    """`False` leaves it to the initializer of the bias, which 0 does not."""
    layer = make(
        SIZE,
        unit_forget_bias=given,
        bias_initializer=keras.initializers.Constant(7.0),
    )
    expected = np.array([[7.0], [start], [7.0], [7.0]])
    np.testing.assert_array_equal(bias_of(layer), expected * np.ones(SIZE))
    again = make.from_config(layer.get_config())
    assert again.cell.unit_forget_bias == given
    assert isinstance(again.cell.unit_forget_bias, bool) == isinstance(given, bool)
    np.testing.assert_array_equal(bias_of(again), bias_of(layer))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("NIG", [3, 0, 0]),
        ("NOG", [0, 3, 0]),
        ("NFG", [0, 0, 0]),
        ("CIFG", [0, 0, 0]),
        ("FGR", [0, 3, 0, 0]),
    ],
)
def test_is_that_of_the_forget_gate_if_there_is_one(name, expected):
    found = bias_of(LSTMVariant(SIZE, **LSTM_VARIANTS[name], unit_forget_bias=3.0))
    np.testing.assert_array_equal(found[:, 0], expected)


@pytest.mark.parametrize(
    "make", [PeepholeLSTM, PeepholeLSTMCell, LSTMVariant, LSTMVariantCell]
)
@pytest.mark.parametrize("given", [None, "1", float("nan"), float("inf"), [1.0], 1j])
def test_must_be_a_finite_number(make, given):
    message = "Cell needs True, False or a finite number for unit_forget_bias"
    with pytest.raises(ValueError, match=message) as error:
        make(SIZE, unit_forget_bias=given)
    assert f"unit_forget_bias={given!r}" in str(error.value)
