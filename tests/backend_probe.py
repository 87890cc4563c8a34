"""Outputs and gradients of all layers on the active backend, as arrays.

`python -m tests.backend_probe FILE` writes them to an npz file, so that a test on one
backend can compare them with those of another.
"""

import sys

import keras
import numpy as np

from keras_gated.layers import BernoulliHead, MDNHead
from keras_gated.losses import BernoulliNLL, MixtureNLL
from tests.gradients import gradients
from tests.units import UNITS, normal, randomise

BATCH, TIME, FEATURES, SIZE = 3, 6, 2, 4
MASK = np.arange(TIME) < np.array([[6], [3], [1]])


def units():
    """The name, the layer, its arguments and a loss of its outputs, for every unit."""
    for unit in UNITS:
        layer = unit.make(SIZE, return_sequences=True)
        yield unit.name, layer, {"mask": MASK}, lambda y: keras.ops.mean(y**2)


def heads():
    """The same for every head."""
    y = normal(BATCH, TIME, SIZE, seed=5)
    notes = (y > 0).astype("float32")
    bernoulli, mixture = BernoulliNLL(), MixtureNLL(3)
    yield "bernoulli", BernoulliHead(SIZE), {}, lambda logits: bernoulli(notes, logits)
    yield "mixture", MDNHead(3, SIZE), {}, lambda packed: mixture(y, packed)


def measured(name, layer, arguments, loss):
    """The outputs of one layer and the gradients of their loss to its weights."""
    x = normal(BATCH, TIME, FEATURES)
    randomise(layer, FEATURES)
    outputs = keras.ops.convert_to_numpy(layer(x, **arguments))
    variables = layer.trainable_variables
    found = gradients(lambda: loss(layer(x, **arguments)), variables)
    return {f"{name}, outputs": outputs} | {
        f"{name}, gradient of {variable.name}": gradient
        for variable, gradient in zip(variables, found, strict=True)
    }


def outputs_and_gradients():
    """Arrays by the name of the layer and of what they are."""
    return {
        key: array
        for layer in (*units(), *heads())
        for key, array in measured(*layer).items()
    }


if __name__ == "__main__":
    np.savez(sys.argv[1], **outputs_and_gradients())
