"""Training with Keras: eagerly, in a graph, compiled."""

from typing import Any

import keras
import numpy as np

from keras_gated.recurrence.backend import gradient
from keras_gated.testing._arrays import FEATURES, assert_close, normal, sequences
from keras_gated.testing._backends import COMPILES_TRAINING
from keras_gated.testing._subject import Subject
from keras_gated.testing._training_data import RATE
from keras_gated.testing.check import layer_check

LENGTHS = 3, 5, 3
"""Of the batches: what is compiled for the first one serves the last."""


def compiled_model(*layers: Any, rate: float = RATE, **way: Any) -> Any:
    """A sequential model of the layers that learns by gradient descent."""
    model = keras.Sequential([keras.Input((None, FEATURES)), *layers])
    model.compile(keras.optimizers.SGD(rate), "mse", **way)
    return model


def train(model: Any, steps: int = len(LENGTHS)) -> list[float]:
    """Trains on random batches of different lengths; the loss of each."""
    losses = []
    for time in LENGTHS[:steps]:
        x = sequences(time=time)
        y = normal(*model.compute_output_shape(x.shape), seed=time)
        losses.append(float(model.train_on_batch(x, y)))
    return losses


@layer_check("a step of training is one along the gradient of the loss")
def training_step(subject: Subject) -> None:
    layer = subject.built(return_sequences=True)
    model = compiled_model(layer, run_eagerly=True)
    x = sequences(time=LENGTHS[0])
    y = normal(*model.compute_output_shape(x.shape), seed=LENGTHS[0])
    variables = layer.trainable_variables

    def loss(values: tuple[Any, ...]) -> Any:
        values_of = list(zip(variables, values, strict=True))
        with keras.StatelessScope(values_of, collect_losses=True) as scope:
            outputs = layer(x, training=True)
            error = keras.ops.mean(keras.ops.subtract(outputs, y) ** 2)
        return sum(scope.losses, error)

    before = tuple(keras.ops.convert_to_tensor(v.value) for v in variables)
    expected = [
        keras.ops.convert_to_numpy(value) - RATE * keras.ops.convert_to_numpy(slope)
        for value, slope in zip(before, gradient(loss)(before), strict=True)
    ]
    train(model, steps=1)
    for variable, weight in zip(variables, expected, strict=True):
        assert_close(variable.value, weight, f"{variable.path} after a step")


@layer_check(
    "training eagerly, in a graph and, but for PyTorch, with XLA gives the same "
    "weights",
    "exhaustive",
)
def fit(subject: Subject) -> None:
    ways = [{"run_eagerly": True}, {"jit_compile": False}]
    if COMPILES_TRAINING:
        ways.append({"jit_compile": True})
    expected: list[np.ndarray] | None = None
    first = subject.built(return_sequences=True)
    for way in ways:
        layer = subject.twin(first, return_sequences=True)
        # A large step may lead a layer normalisation to where rounding errors grow
        # a hundredfold with every further one.
        losses = train(compiled_model(layer, rate=RATE / 10, **way))
        if not np.all(np.isfinite(losses)):
            raise AssertionError(f"with {way}: expected finite losses, not {losses}.")
        expected = expected or layer.get_weights()
        assert_close(layer.get_weights(), expected, f"the weights with {way}")
