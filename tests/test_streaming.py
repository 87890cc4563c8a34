"""Streams: a layer step by step, beside the layer that takes the whole sequence."""

import keras
import numpy as np
import pytest

from keras_gated.layers import GRU, MGU, PeepholeLSTM, SimpleRNN, WeightNoise
from keras_gated.streaming import Stream
from tests.recurrence.native.expected import HAS_COMPILER, IS_OFF
from tests.units import UNITS, randomise

pytestmark = pytest.mark.skipif(
    IS_OFF or not HAS_COMPILER, reason="streams are in C++, for which there is none"
)

STEPS, FEATURES, WIDTH = 7, 3, 21


@pytest.fixture(params=UNITS, ids=lambda unit: unit.name)
def layer(request):
    made = request.param.make(WIDTH, return_sequences=True, return_state=True)
    return randomise(made, FEATURES)


def sequences(batch):
    rng = np.random.default_rng(1)
    return rng.normal(size=(batch, STEPS, FEATURES)).astype("float32")


def arrays(tensors):
    return [keras.ops.convert_to_numpy(tensor) for tensor in tensors]


def test_goes_on_as_the_layer_does(layer):
    x = sequences(3)
    whole, *finals = arrays(layer(x))
    stream = Stream(layer, batch_size=3)
    steps = [stream.step(x[:, t]) for t in range(STEPS)]
    np.testing.assert_allclose(np.stack(steps, axis=1), whole, atol=1e-5)
    np.testing.assert_allclose(stream.states, finals, atol=1e-5)


def test_one_sequence_has_no_axis(layer):
    (x,) = sequences(1)
    whole = arrays(layer(x[np.newaxis]))[0][0]
    stream = Stream(layer)
    np.testing.assert_allclose([stream.step(x_t) for x_t in x], whole, atol=1e-5)
    assert all(state.shape == (WIDTH,) for state in stream.states)


def test_states_can_be_put_back(layer):
    (x,) = sequences(1)
    stream = Stream(layer)
    first = [stream.step(x_t) for x_t in x[:3]]
    states = stream.states
    second = [stream.step(x_t) for x_t in x[3:]]
    stream.states = states
    np.testing.assert_array_equal([stream.step(x_t) for x_t in x[3:]], second)
    stream.reset()
    np.testing.assert_array_equal([stream.step(x_t) for x_t in x[:3]], first)


def test_has_the_weights_of_when_it_was_made(layer):
    (x,) = sequences(1)
    stream = Stream(layer)
    before = [stream.step(x_t) for x_t in x]
    stream.reset()
    for weight in layer.weights:
        weight.assign(2 * weight)
    np.testing.assert_array_equal([stream.step(x_t) for x_t in x], before)
    assert not np.allclose(Stream(layer).step(x[0]), before[0])


def test_of_a_layer_in_a_wrapper():
    inside = randomise(PeepholeLSTM(4), FEATURES)
    (x,) = sequences(1)
    np.testing.assert_array_equal(
        Stream(WeightNoise(inside)).step(x[0]), Stream(inside).step(x[0])
    )


def built(layer):
    layer.build((None, None, FEATURES))
    return layer


# JAX says so of weights in float64, and makes others.
@pytest.mark.filterwarnings("ignore:Explicitly requested dtype:UserWarning")
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Stream(keras.layers.LSTM(4)), "Received LSTM"),
        (lambda: Stream(GRU(4)), "not built"),
        (lambda: Stream(built(GRU(4, go_backwards=True))), "go_backwards"),
        (lambda: Stream(built(GRU(4, activation="relu"))), "no C\\+\\+ loop for"),
        (lambda: Stream(built(GRU(4, zoneout=0.1))), "no C\\+\\+ loop for"),
        (lambda: Stream(built(MGU(4))), "no C\\+\\+ loop for"),
        (lambda: Stream(built(GRU(4, dtype="float64"))), "not float64"),
        (lambda: Stream(built(GRU(4)), batch_size=0), "batch_size=0"),
        (lambda: Stream(built(GRU(4)), batch_size=True), "batch_size=True"),
        (lambda: Stream(built(GRU(4))).step(np.zeros(4)), r"\(3,\). Received \(4,\)"),
        (lambda: Stream(built(GRU(4))).step(0.5), r"\(3,\). Received \(\)"),
    ],
)
def test_refuses(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_refuses_states_of_other_widths():
    stream = Stream(built(SimpleRNN(4)))
    with pytest.raises(ValueError, match=r"Received \[\(5,\)\]"):
        stream.states = [np.zeros(5)]


def test_is_not_taken_where_the_loops_are_off(monkeypatch):
    monkeypatch.setenv("KERAS_GATED_NATIVE", "0")
    with pytest.raises(ValueError, match="KERAS_GATED_NATIVE=0"):
        Stream(built(GRU(4)))
