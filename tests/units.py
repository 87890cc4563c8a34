"""The recurrent layers under test, each with its peers and its reference."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from keras_gated.layers import GRU, PeepholeLSTM, SimpleRNN
from tests import reference


@dataclass(frozen=True)
class Unit:
    """A layer, the NumPy equations it must equal, and the Keras layer it replaces."""

    name: str
    layer: Any
    arguments: dict[str, Any]
    gates: Any
    keras_layer: Any
    states: int

    @property
    def step(self):
        return reference.step_of(self.gates)

    def make(self, units, **kwargs):
        return self.layer(units, **{**self.arguments, **kwargs})

    def make_cell(self, units, **kwargs):
        return self.make(units, **kwargs).cell

    def run_reference(self, x, weights, states=None, **order):
        """All outputs and the final states by NumPy, from zeros if not from `states`.

        `order` are the masks and directions that `tests.reference.run` takes.
        """
        if states is None:
            states = [np.zeros((len(x), len(weights[1])))] * self.states
        return reference.run(self.step, x, tuple(states), weights, **order)

    def make_keras(self, units, **kwargs):
        arguments = dict(self.arguments)
        arguments.pop("use_peepholes", None)
        return self.keras_layer(units, **arguments, **kwargs)


PLAIN_LSTM = Unit(
    "lstm without peepholes",
    PeepholeLSTM,
    {"use_peepholes": False},
    lambda x, states, kernel, recurrent, bias: reference.lstm_gates(
        x, states, kernel, recurrent, bias, np.zeros((3, len(recurrent)))
    ),
    keras.layers.LSTM,
    2,
)
PEEPHOLE_LSTM = Unit("lstm", PeepholeLSTM, {}, reference.lstm_gates, None, 2)
GRU_BEFORE = Unit(
    "gru",
    GRU,
    {"reset_after": False},
    reference.gru_gates,
    keras.layers.GRU,
    1,
)
GRU_AFTER = Unit(
    "gru reset after",
    GRU,
    {"reset_after": True},
    reference.gru_reset_after_gates,
    keras.layers.GRU,
    1,
)
TANH = Unit("tanh", SimpleRNN, {}, reference.tanh_gates, keras.layers.SimpleRNN, 1)

PAPER_UNITS = (PEEPHOLE_LSTM, GRU_BEFORE, TANH)
KERAS_UNITS = (PLAIN_LSTM, GRU_BEFORE, GRU_AFTER, TANH)
UNITS = (PEEPHOLE_LSTM, *KERAS_UNITS)


def own_tanh(x):
    """A tanh that the layers don't know, so that the generic loop takes it."""
    twice = keras.ops.expm1(2 * x)
    return twice / (twice + 2)


def own_sigmoid(x):
    """A sigmoid that the layers don't know, so that the generic loop takes it."""
    return 0.5 * own_tanh(0.5 * x) + 0.5


def randomise(layer, features, seed=7, scale=0.7):
    """Builds the layer and gives it large random weights, biases and peepholes too."""
    layer.build((None, None, features))
    layer.set_weights(random_weights(layer, seed, scale))
    return layer


def normal(*shape, seed=3):
    """A float32 array of standard normal numbers, always the same."""
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def random_weights(layer, seed=7, scale=0.7):
    """Large random values for every weight of a built layer, in its order."""
    rng = np.random.default_rng(seed)
    return [rng.normal(0, scale, variable.shape) for variable in layer.weights]


def weights_of(layer):
    """The trainable weights as float64 arrays, in the order of the layer."""
    return [
        np.asarray(keras.ops.convert_to_numpy(v), "float64")
        for v in layer.trainable_variables
    ]
