"""Derivatives beside finite differences, and through many steps."""

from typing import Any

import keras
import numpy as np

from keras_gated._types import Tensors
from keras_gated.recurrence.backend import gradient
from keras_gated.testing._arrays import (
    BATCH,
    FEATURES,
    HOLES,
    TIME,
    assert_close,
    normal,
    to_numpy,
)
from keras_gated.testing._backends import double_precision, one_program
from keras_gated.testing._step_by_step import random_states
from keras_gated.testing._subject import Subject
from keras_gated.testing.check import layer_check

STEPS = (1e-2, 1e-3)
"""Of the differences; four of them make their error one of its fourth power. The large
one is for layers that compute a part in float32 on some backend, the small one for
those that bend much, as under layer normalisation. One of the two must agree."""
STENCIL = {-2: 1 / 12, -1: -8 / 12, 1: 8 / 12, 2: -1 / 12}

MANY = 1000


@layer_check("gradients to inputs, states and weights are those of finite differences")
def gradients(subject: Subject) -> None:
    """Derives to inputs, states and weights along two random directions, in float64."""
    with double_precision():
        layer = subject.built(return_sequences=True, return_state=True, dtype="float64")
        arrays = [
            normal(BATCH, TIME, FEATURES),
            *random_states(subject, BATCH),
            *(to_numpy(variable.value) for variable in layer.trainable_variables),
        ]
        arrays = [array.astype("float64") for array in arrays]
        shapes = layer.compute_output_shape(arrays[0].shape)
        function = _Projected(layer, shapes)
        derivative = one_program(gradient(function))
        slopes = [to_numpy(x) for x in derivative(_tensors(arrays))]
        value = one_program(function)
        for seed in (11, 12):
            rng = np.random.default_rng(seed)
            direction = [rng.normal(size=array.shape) for array in arrays]
            found = sum(np.sum(d * s) for d, s in zip(direction, slopes, strict=True))
            differences = (_derivative(value, arrays, direction, s) for s in STEPS)
            expected = min(differences, key=lambda d: abs(d - found))
            assert_close(
                np.asarray(found),
                np.asarray(expected),
                f"the derivative along direction {seed}",
                rtol=1e-3,
                atol=1e-3,
            )


class _Projected:
    """A scalar of a masked layer's outputs and states, of all that goes into it."""

    def __init__(self, layer: Any, shapes: list[tuple[int, ...]]) -> None:
        self.layer = layer
        self.factors = [
            keras.ops.convert_to_tensor(normal(*shape, seed=seed), "float64")
            for seed, shape in enumerate(shapes)
        ]

    def __call__(self, values: Tensors) -> Any:
        inputs, *rest = values
        count = len(self.factors) - 1
        states, weights = rest[:count], rest[count:]
        variables = self.layer.trainable_variables
        with keras.StatelessScope(list(zip(variables, weights, strict=True))):
            outputs = self.layer(inputs, initial_state=list(states), mask=HOLES)
        return sum(
            keras.ops.sum(factor * output)
            for factor, output in zip(self.factors, outputs, strict=True)
        )


def _derivative(
    function: Any, arrays: list[np.ndarray], direction: list[np.ndarray], step: float
) -> float:
    total = 0.0
    for steps, weight in STENCIL.items():
        moved = [
            array + steps * step * d for array, d in zip(arrays, direction, strict=True)
        ]
        total += weight / step * float(to_numpy(function(_tensors(moved))))
    return total


def _tensors(arrays: list[np.ndarray]) -> Tensors:
    return tuple(keras.ops.convert_to_tensor(array, "float64") for array in arrays)


@layer_check("gradients through 1,000 steps are finite", "exhaustive")
def gradient_flow(subject: Subject) -> None:
    layer = subject.built()

    def total(arguments: Tensors) -> Any:
        with keras.StatelessScope():
            return keras.ops.sum(layer(arguments[0]))

    inputs = keras.ops.convert_to_tensor(normal(1, MANY, FEATURES))
    (found,) = gradient(total)((inputs,))
    norms = np.linalg.norm(to_numpy(found)[0], axis=-1)
    if not np.all(np.isfinite(norms)):
        step = int(np.flatnonzero(~np.isfinite(norms))[-1])
        raise AssertionError(
            f"expected finite gradients; out came {to_numpy(found)[0, step]} to the "
            f"input of step {step} of {MANY}."
        )
    if not norms[-1] > 0:
        raise AssertionError("expected a gradient to the last input; out came zero.")
