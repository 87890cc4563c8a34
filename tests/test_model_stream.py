"""A model step by step beside the whole of it."""

import keras
import numpy as np
import pytest

from keras_gated.layers import GRU, PeepholeLSTM, SymbolHead, WeightNoise
from keras_gated.models import sequence_model
from keras_gated.streaming import ModelStream
from tests.recurrence.native.expected import HAS_COMPILER, IS_OFF

pytestmark = pytest.mark.skipif(
    IS_OFF or not HAS_COMPILER, reason="the C++ loops are not to be had"
)


@pytest.fixture
def x():
    return np.random.default_rng(0).normal(size=(1, 9, 3)).astype("float32")


def streamed(model, x):
    stream = ModelStream(model)
    first = [stream.step(step) for step in x[0]]
    stream.reset()
    np.testing.assert_array_equal([stream.step(step) for step in x[0]], first)
    return np.array(first)


@pytest.mark.parametrize("unit", ["lstm", "gru", "tanh"])
def test_steps_are_those_of_the_whole(x, unit):
    model = sequence_model(
        unit, 6, SymbolHead(5), 3, num_layers=3, layer_dropout=0.3, weight_noise=0.1
    )
    for variable in model.trainable_variables:
        variable.assign(keras.random.normal(variable.shape, seed=1))
    expected = model.predict_on_batch(x)[0]
    np.testing.assert_allclose(streamed(model, x), expected, atol=1e-5)
    assert np.ptp(expected) > 0.5


def test_dense_layers_with_and_without_bias(x):
    model = keras.Sequential(
        [
            keras.Input((None, 3)),
            keras.layers.Dense(4, use_bias=False),
            keras.layers.GaussianNoise(0.1),
            GRU(5, return_sequences=True),
            keras.layers.Dense(2, bias_initializer="normal"),
        ]
    )
    np.testing.assert_allclose(
        streamed(model, x), model.predict_on_batch(x)[0], atol=1e-5
    )


def functional(*layers):
    inputs = x = keras.Input((None, 3))
    for layer in layers:
        x = layer(x)
    return keras.Model(inputs, x)


def residual():
    inputs = keras.Input((None, 3))
    return keras.Model(
        inputs, keras.layers.add([inputs, GRU(3, return_sequences=True)(inputs)])
    )


def by_a_state():
    inputs = keras.Input((None, 3))
    layer = PeepholeLSTM(3, return_sequences=True, return_state=True)
    return keras.Model(inputs, SymbolHead(5)(layer(inputs)[2]))


def from_states(*args, **kwargs):
    inputs = keras.Input((None, 3))
    layer = GRU(3, return_sequences=True, name="begun")
    return keras.Model(inputs, layer(inputs, *args, **kwargs))


def always_dropped():
    inputs = keras.Input((None, 3))
    dropped = keras.layers.Dropout(0.5, name="drop")(inputs, training=True)
    return keras.Model(inputs, GRU(3, return_sequences=True)(dropped))


def quantized():
    head = keras.layers.Dense(3, name="small")
    model = functional(GRU(3, return_sequences=True), head)
    head.quantize("int8")
    return model


class Doubled(keras.layers.Dense):
    def call(self, inputs):
        return 2 * super().call(inputs)


class Doubling(keras.layers.Dropout):
    def call(self, inputs):
        return 2 * inputs


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (lambda: functional(GRU(3, name="last")), "'last' has return_sequences=False"),
        (lambda: functional(keras.layers.Dense(3)), "has no recurrent layer to stream"),
        (residual, "do not follow each other: 'add.*' takes 2 tensors"),
        (
            lambda: functional(keras.layers.Dense(3, "relu", name="bent")),
            "has the layer 'bent', Dense",
        ),
        (
            lambda: functional(
                keras.layers.Bidirectional(GRU(3, return_sequences=True))
            ),
            "Bidirectional. Recurrent layers of keras_gated can be streamed",
        ),
        (
            lambda: functional(GRU(3, return_sequences=True, go_backwards=True)),
            "go_backwards=True. A stream knows the past only",
        ),
        (by_a_state, r"an output of the shape \(None, 5\), not one for every step"),
        (
            lambda: from_states(initial_state=keras.ops.ones((1, 3))),
            "'begun' .* is called with initial_state. A stream knows the sequence only",
        ),
        (lambda: from_states(keras.ops.ones((1, 3))), "is called with argument 1"),
        (always_dropped, "'drop' .* is called with training. A stream knows"),
        (quantized, "has the layer 'small', Dense.* not quantized"),
        (
            lambda: functional(GRU(3, return_sequences=True), Doubled(3)),
            "has the layer 'doubled', Doubled",
        ),
        (
            lambda: functional(GRU(3, return_sequences=True), Doubling(0.1)),
            "has the layer 'doubling', Doubling",
        ),
        (lambda: keras.Sequential([GRU(3)]), "built Sequential or functional model"),
        (lambda: WeightNoise(GRU(3)), "built Sequential or functional model"),
    ],
)
def test_models_that_are_none_are_named(model, message):
    with pytest.raises(ValueError, match=message):
        ModelStream(model())


def test_a_step_of_another_size_is_named(x):
    stream = ModelStream(sequence_model("gru", 4, SymbolHead(5), input_size=3))
    with pytest.raises(ValueError, match=r"of the shape \(3,\)\. Received \(2,\)"):
        stream.step([1, 2])
    stream = ModelStream(
        functional(keras.layers.Dense(3, name="wide"), GRU(4, return_sequences=True))
    )
    with pytest.raises(ValueError, match=r"'wide' takes .* \(3,\)\. Received \(2,\)"):
        stream.step([1, 2])
