"""Weights in more than one place."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras

from keras_gated.testing._arrays import FEATURES, TIME, assert_close
from keras_gated.testing._subject import Subject
from keras_gated.testing._weight_wrappers.models import (
    UNITS,
    X,
    check_learns,
    compiled,
    dense,
)
from keras_gated.testing.check import wrapper_check


class Borrowing(keras.layers.Dense):
    """A dense layer that adds what it computes with the weights of another."""

    def __init__(self, units: int, lender: Any) -> None:
        super().__init__(units)
        # Out of sight of Keras, which would take the lender for a part of this layer.
        self.borrowed: Callable[[], Any] = lambda: lender.kernel

    def call(self, inputs: Any) -> Any:
        return super().call(inputs) + keras.ops.matmul(inputs, self.borrowed())


@wrapper_check("a layer in two wrappers has one kernel, trains, and loads its weights")
def shared_layer(subject: Subject) -> None:
    model, again = _sharing(subject), _sharing(subject)
    kernels = [v for v in model.weights if v.name == "kernel"]
    if len(kernels) != 2:
        raise AssertionError(
            f"expected the kernels of the layer and of the last one; out came "
            f"{[v.path for v in kernels]}."
        )
    check_learns(model)
    with tempfile.TemporaryDirectory() as folder:
        model.save_weights(Path(folder, "m.weights.h5"))
        again.load_weights(Path(folder, "m.weights.h5"))
    assert_close(again(X), model(X), "the outputs of a model with these weights")


@wrapper_check("a model with a layer in two wrappers is loaded from a .keras file")
def shared_layer_files(subject: Subject) -> None:
    model = _sharing(subject)
    with tempfile.TemporaryDirectory() as folder:
        model.save(Path(folder, "m.keras"))
        again = keras.saving.load_model(Path(folder, "m.keras"))
    assert_close(again(X), model(X), "the outputs of what is loaded")


@wrapper_check("a wrapper called twice in a model adds its losses once")
def called_twice(subject: Subject) -> None:
    wrapper = subject.make(dense(kernel_regularizer="l2"))
    single, double = (_model(*[wrapper] * times) for times in (1, 2))
    losses = []
    for model in (single, double):
        model(X, training=True)
        losses.append(model.losses)
    assert_close(losses[1], losses[0], "the added losses")
    check_learns(double)


@wrapper_check("weights that the layer borrows from another one learn by it")
def borrowed_weights(subject: Subject) -> None:
    lender = keras.layers.Dense(UNITS, use_bias=False)
    inputs = keras.Input((TIME, FEATURES))
    unused = 0 * lender(inputs)
    outputs = subject.make(Borrowing(UNITS, lender))(inputs) + unused
    model = keras.Model(inputs, keras.layers.Dense(1)(outputs))
    check_learns(compiled(model))


def _sharing(subject: Subject) -> Any:
    layer = dense()
    return _model(*(subject.make(layer) for _ in range(2)))


def _model(*layers: Any) -> Any:
    inputs = keras.Input((TIME, FEATURES))
    outputs = keras.ops.concatenate([layer(inputs) for layer in layers], axis=-1)
    return compiled(keras.Model(inputs, keras.layers.Dense(1)(outputs)))
