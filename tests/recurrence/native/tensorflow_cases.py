"""What the tests of the C++ loops on TensorFlow start from."""

import keras
import numpy as np
import pytest

from tests import needs
from tests.recurrence.native.expected import FLOAT32_LOOP
from tests.units import UNITS, own_tanh, randomise

tf = needs.package("tensorflow")
only_on_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow" or FLOAT32_LOOP != "native",
    reason="for TensorFlow, where there is a compiler",
)

LSTM, TANH = UNITS[0], UNITS[-1]
BATCH, TIME, FEATURES, SIZE = 3, 5, 2, 4

UNKNOWN = [tf.TensorSpec((None, None, FEATURES))]
WAYS = {
    "eagerly": lambda function: function,
    "graph": lambda function: tf.function(function),
    "graph of any length": lambda function: tf.function(function, UNKNOWN),
    "compiled": lambda function: tf.function(function, jit_compile=True),
    "compiled for any length": lambda function: tf.function(
        function, UNKNOWN, jit_compile=True
    ),
}


def inputs(batch=BATCH, time=TIME, seed=0):
    x = np.random.default_rng(seed).normal(size=(batch, time, FEATURES))
    return tf.constant(x.astype("float32"))


def weights_of(layer):
    return [weight.value for weight in layer.trainable_variables]


def layers(unit, **generic):
    """The same layer on the C++ loop and, with what is unknown to it, another one."""

    def make(**arguments):
        layer = unit.make(SIZE, return_sequences=True, **arguments)
        return randomise(layer, FEATURES)

    return make(), make(**(generic or {"activation": own_tanh}))
