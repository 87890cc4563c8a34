"""The recurrent layers under test, each with its peers and its reference."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from keras_gated.layers import GRU, PeepholeLSTM, SimpleRNN
from tests import reference


@dataclass(frozen=True)
class Unit:
    """A layer, the NumPy step it must equal, and the Keras layer it replaces."""

    name: str
    layer: Any
    arguments: dict[str, Any]
    step: Any
    keras_layer: Any
    states: int

    def make(self, units, **kwargs):
        return self.layer(units, **{**self.arguments, **kwargs})

    def make_cell(self, units):
        return self.make(units).cell

    def make_keras(self, units, **kwargs):
        arguments = dict(self.arguments)
        arguments.pop("use_peepholes", None)
        return self.keras_layer(units, **arguments, **kwargs)


PLAIN_LSTM = Unit(
    "lstm without peepholes",
    PeepholeLSTM,
    {"use_peepholes": False},
    lambda x, states, kernel, recurrent, bias: reference.lstm_step(
        x, states, kernel, recurrent, bias, np.zeros((3, len(recurrent)))
    ),
    keras.layers.LSTM,
    2,
)
PEEPHOLE_LSTM = Unit("lstm", PeepholeLSTM, {}, reference.lstm_step, None, 2)
GRU_BEFORE = Unit(
    "gru",
    GRU,
    {"reset_after": False},
    reference.gru_step,
    keras.layers.GRU,
    1,
)
GRU_AFTER = Unit(
    "gru reset after",
    GRU,
    {"reset_after": True},
    reference.gru_reset_after_step,
    keras.layers.GRU,
    1,
)
TANH = Unit("tanh", SimpleRNN, {}, reference.tanh_step, keras.layers.SimpleRNN, 1)

KERAS_UNITS = (PLAIN_LSTM, GRU_BEFORE, GRU_AFTER, TANH)
UNITS = (PEEPHOLE_LSTM, *KERAS_UNITS)


def randomise(layer, features, seed=7, scale=0.7):
    """Builds the layer and gives it large random weights, biases and peepholes too."""
    layer.build((None, None, features))
    rng = np.random.default_rng(seed)
    for variable in layer.trainable_variables:
        variable.assign(rng.normal(0, scale, variable.shape))
    return layer


def weights_of(layer):
    """The trainable weights as float64 arrays, in the order of the layer."""
    return [
        np.asarray(keras.ops.convert_to_numpy(v), "float64")
        for v in layer.trainable_variables
    ]
