"""Regularizers, constraints and frozen weights."""

from typing import Any

import keras
import numpy as np

from keras_gated.testing._arrays import FEATURES, assert_close, sequences, to_numpy
from keras_gated.testing._checks.training import compiled_model, train
from keras_gated.testing._made_with import made_with
from keras_gated.testing._subject import Subject, move_weights
from keras_gated.testing.check import NotApplicable, layer_check

WEIGHTS = ("kernel", "recurrent_kernel", "bias")
ARGUMENTS = ("kernel", "recurrent", "bias")
"""What Keras calls these weights in the names of arguments."""


@layer_check("the penalties of kernel, recurrent_kernel, bias and outputs are losses")
def regularizers(subject: Subject) -> None:
    factors = dict(zip(WEIGHTS, (0.1, 0.2, 0.3), strict=True))
    layer = _made(
        subject,
        **{
            f"{argument}_regularizer": keras.regularizers.L2(factors[weight])
            for argument, weight in zip(ARGUMENTS, WEIGHTS, strict=True)
        },
        activity_regularizer=keras.regularizers.L1(0.4),
    )
    outputs = to_numpy(layer(sequences()))
    penalties = [0.4 * np.sum(np.abs(outputs)) / len(outputs)]
    for weight, factor in factors.items():
        penalties.append(factor * np.sum(_weight(layer, weight) ** 2))
    found = np.array([float(to_numpy(loss)) for loss in layer.losses])
    for penalty in penalties:
        if not np.any(np.isclose(found, penalty, rtol=1e-4)):
            raise AssertionError(
                f"expected a loss of {penalty}; out came the losses {found}."
            )


@layer_check("constraints of kernel, recurrent_kernel and bias hold after a step")
def constraints(subject: Subject) -> None:
    layer = _made(
        subject,
        kernel_constraint="non_neg",
        recurrent_constraint=keras.constraints.MaxNorm(0.1),
        bias_constraint="non_neg",
    )
    train(compiled_model(layer, run_eagerly=True), steps=1)
    for name in ("kernel", "bias"):
        least = np.min(_weight(layer, name))
        if least < 0:
            raise AssertionError(f"expected {name} >= 0; out came {least:.3g}.")
    norm = np.max(np.linalg.norm(_weight(layer, "recurrent_kernel"), axis=0))
    if norm > 0.1 * (1 + 1e-5):
        raise AssertionError(
            "expected columns of recurrent_kernel of norm 0.1 at most; out came "
            f"{norm}."
        )


@layer_check("a frozen layer keeps its weights")
def frozen(subject: Subject) -> None:
    layer = subject.built()
    weights = [variable.path for variable in layer.trainable_variables]
    layer.trainable = False
    left = [variable.path for variable in layer.trainable_variables]
    if left:
        raise AssertionError(f"expected no trainable weights; out came {left}.")
    before = layer.get_weights()
    head = keras.layers.Dense(1, bias_initializer="ones")
    train(compiled_model(layer, head, run_eagerly=True), steps=1)
    assert_close(layer.get_weights(), before, "frozen weights", rtol=0, atol=0)
    layer.trainable = True
    again = [variable.path for variable in layer.trainable_variables]
    if again != weights:
        raise AssertionError(
            f"after trainable = True expected the trainable weights {weights}; out "
            f"came {again}."
        )


def _made(subject: Subject, **arguments: Any) -> Any:
    layer = made_with(subject, **arguments)
    layer.build((None, None, FEATURES))
    move_weights(layer)
    missing = [name for name in WEIGHTS if not _has(layer, name)]
    if missing:
        raise NotApplicable(f"has no weights of the names {', '.join(missing)}")
    return layer


def _has(layer: Any, name: str) -> bool:
    return any(variable.name == name for variable in layer.weights)


def _weight(layer: Any, name: str) -> np.ndarray:
    (variable,) = (v for v in layer.weights if v.name == name)
    return to_numpy(variable.value)
