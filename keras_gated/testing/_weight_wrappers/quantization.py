"""Models that Keras quantizes."""

import gc
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_gated.testing._arrays import assert_close
from keras_gated.testing._subject import Subject, move_weights
from keras_gated.testing._weight_wrappers.models import (
    X,
    check_learns,
    compiled,
    compiled_to_graph,
    dense,
    distance,
    einsum_dense,
    learner,
    quietly,
    train,
)
from keras_gated.testing.check import wrapper_check


@wrapper_check(
    "quantize('int8') does what it does to the layer alone, and the rest trains"
)
def int8(subject: Subject) -> None:
    for model in _quantized(subject, "int8"):
        _check_trains(model)


@wrapper_check("so does quantize('int4')")
def int4(subject: Subject) -> None:
    for model in _quantized(subject, "int4"):
        _check_trains(model)


@wrapper_check("so does quantize('float8'), and all trains")
def float8(subject: Subject) -> None:
    for model in _quantized(subject, "float8"):
        # Beside them are ranges of numbers, which may stay.
        names = "kernel", "bias"
        expected = [v for v in model.trainable_variables if v.name.startswith(names)]
        expected = [v for v in expected if not v.name.endswith(("scale", "history"))]
        before = [keras.ops.convert_to_numpy(v) for v in expected]
        train(compiled_to_graph(model))
        for variable, old in zip(expected, before, strict=True):
            if np.array_equal(keras.ops.convert_to_numpy(variable), old):
                raise AssertionError(
                    f"expected {variable.path} to move; it came out as it was."
                )


@wrapper_check("files of a model in int8 compute the same, and it trains")
def quantized_files(subject: Subject) -> None:
    for model in _quantized(subject, "int8"):
        with tempfile.TemporaryDirectory() as folder:
            model.save(Path(folder, "m.keras"))
            model.save_weights(Path(folder, "m.weights.h5"))
            again = keras.saving.load_model(Path(folder, "m.keras"))
            blank = keras.models.clone_model(model)
            blank.load_weights(Path(folder, "m.weights.h5"))
        for other in (again, blank):
            assert_close(other(X), model(X), "the outputs of what is loaded")
            _check_trains(other)


def quantize(model: Any, mode: str) -> None:
    """Quantizes a model, quickly: Keras collects garbage for each weight it deletes."""
    gc.freeze()
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Layer InputLayer does not have")
            model.quantize(mode)
    finally:
        gc.unfreeze()


def _quantized(subject: Subject, mode: str) -> Iterator[Any]:
    """Quantized models, which compute what they do with the layer alone."""
    for make in (dense, einsum_dense):
        model, alone = learner(subject.make(make())), learner(make())
        move_weights(model)
        first, wrapper, last = model.layers
        for layer, other in zip((first, last), alone.layers[::2], strict=True):
            other.set_weights(layer.get_weights())
        alone.layers[1].set_weights(_kernel_and_bias(wrapper, alone.layers[1]))
        assert_close(model(X), alone(X), "the outputs before")
        for each in (model, alone):
            quantize(each, mode)
        share = distance(model(X), alone(X))
        if not share < TOLERANCE:
            raise AssertionError(
                f"expected {mode} to give the outputs of the layer alone, up to "
                f"{TOLERANCE:.0%} of the largest; out came others by {share:.0%}."
            )
        yield model


TOLERANCE = 0.02
"""The kernels are the same up to rounding, and may be rounded otherwise in int8."""


def _kernel_and_bias(wrapper: Any, alone: Any) -> list[Any]:
    """What a wrapped linear layer computes with."""
    (size, _) = alone.kernel.shape
    bias = keras.ops.convert_to_numpy(wrapper(np.zeros((1, 1, size), "float32")))
    rows = keras.ops.convert_to_numpy(wrapper(np.eye(size, dtype="float32")[None]))
    return [(rows - bias)[0], bias[0, 0]]


def _check_trains(model: Any) -> None:
    quantized = [v for v in model.weights if v.name != "bias"]
    with quietly():
        check_learns(compiled(model), quantized)
