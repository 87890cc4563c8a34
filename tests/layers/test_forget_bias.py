"""Where the bias of the forget gate starts."""

import json

import keras
import numpy as np
import pytest

from keras_gated.initializers import Chrono
from keras_gated.layers import (
    LSTM_VARIANTS,
    LayerNormLSTM,
    LayerNormLSTMCell,
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


@pytest.mark.parametrize("make", [PeepholeLSTM, LSTMVariant, LayerNormLSTM])
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


@pytest.mark.parametrize("make", [PeepholeLSTM, LSTMVariant, LayerNormLSTM])
def test_may_be_drawn(make):
    draw = keras.initializers.RandomUniform(5, 6, seed=1)
    layer = make(SIZE, unit_forget_bias=draw, bias_initializer="ones")
    found = bias_of(layer)
    assert (found[[0, 2, 3]] == 1).all()
    np.testing.assert_array_equal(found[1], keras.ops.convert_to_numpy(draw((SIZE,))))
    again = make.from_config(json.loads(json.dumps(layer.get_config())))
    np.testing.assert_array_equal(bias_of(again), found)


@pytest.mark.parametrize("make", [PeepholeLSTM, LSTMVariant, LayerNormLSTM])
def test_chrono_opens_as_long_as_the_input_gate_is_closed(make):
    layer = make(SIZE, unit_forget_bias=Chrono(50), bias_initializer="ones")
    found = bias_of(layer)
    assert len(set(found[1])) == SIZE
    assert 0 <= found[1].min() < found[1].max() <= np.log(49)
    np.testing.assert_array_equal(found[0], -found[1])
    assert (found[2:] == 1).all()


def test_chrono_leaves_other_gates_alone():
    layer = LSTMVariant(SIZE, use_input_gate=False, unit_forget_bias=Chrono(50))
    forget, *others = bias_of(layer)
    assert forget.min() > 0 and not np.any(others)
    layer = LSTMVariant(SIZE, use_forget_gate=False, unit_forget_bias=Chrono(50))
    assert not bias_of(layer).any()


def test_is_saved_with_its_initializer(tmp_path):
    inputs = keras.Input((None, FEATURES))
    layers = [
        keras.layers.Bidirectional(
            PeepholeLSTM(
                SIZE, unit_forget_bias=Chrono(50, seed=2), return_sequences=True
            )
        ),
        LSTMVariant(SIZE, unit_forget_bias=Chrono(9)),
    ]
    model = keras.Sequential([inputs, *layers])
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    start = again.layers[0].forward_layer.unit_forget_bias
    assert start.get_config() == {"max_steps": 50, "seed": 2}
    assert again.layers[1].cell.unit_forget_bias.max_steps == 9
    x = keras.random.normal((2, 4, FEATURES), seed=0)
    np.testing.assert_array_equal(again.predict(x), model.predict(x))


@pytest.mark.parametrize(
    "make",
    [
        LayerNormLSTM,
        LayerNormLSTMCell,
        LSTMVariant,
        LSTMVariantCell,
        PeepholeLSTM,
        PeepholeLSTMCell,
    ],
)
@pytest.mark.parametrize("given", [None, "1", float("nan"), float("inf"), [1.0], 1j])
def test_must_be_a_finite_number(make, given):
    message = "Cell needs True, False, a finite number or an initializer for unit_"
    with pytest.raises(ValueError, match=message) as error:
        make(SIZE, unit_forget_bias=given)
    assert f"unit_forget_bias={given!r}" in str(error.value)
