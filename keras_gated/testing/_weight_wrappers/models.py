"""Small models around a wrapped layer, and what moves when they train."""

import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np

from keras_gated.testing._arrays import BATCH, FEATURES, TIME, normal, to_numpy

UNITS, RATE = 4, 0.1
X = normal(BATCH, TIME, FEATURES)
Y = normal(BATCH, TIME, 1, seed=5)


def dense(**settings: Any) -> Any:
    return keras.layers.Dense(UNITS, **settings)


def einsum_dense(**settings: Any) -> Any:
    shape = (None, UNITS)
    return keras.layers.EinsumDense("btf,fu->btu", shape, bias_axes="u", **settings)


def gru(**settings: Any) -> Any:
    return keras.layers.GRU(UNITS, return_sequences=True, **settings)


def learner(wrapper: Any) -> Any:
    """A compiled model of a wrapped layer between two others."""
    first, last = keras.layers.Dense(3), keras.layers.Dense(1)
    return compiled(
        keras.Sequential([keras.Input((TIME, FEATURES)), first, wrapper, last])
    )


def compiled(model: Any, **settings: Any) -> Any:
    """The model, compiled to learn by gradient descent; again after any change."""
    model.compile(keras.optimizers.SGD(RATE, **settings), "mse", run_eagerly=True)
    return model


def compiled_to_graph(model: Any) -> Any:
    """The same for a graph: Keras 3.15 trains float8 on TensorFlow only in one."""
    model.compile(keras.optimizers.SGD(RATE), "mse", jit_compile=False)
    return model


def train(model: Any, steps: int = 1) -> None:
    """Trains on one batch, some times."""
    for _ in range(steps):
        model.train_on_batch(X, Y)


def moved(variables: Iterable[Any], action: Callable[[], Any]) -> set[str]:
    """The paths of the variables that an action changes."""
    variables = list(variables)
    before = [to_numpy(variable) for variable in variables]
    action()
    return {
        variable.path
        for variable, old in zip(variables, before, strict=True)
        if not np.array_equal(to_numpy(variable), old)
    }


def check_learns(model: Any, still: Iterable[Any] = (), steps: int = 1) -> None:
    """Trains, and sees that all weights move but those that must stay still.

    These must not be trainable, and all others must be.
    """
    expected = paths(model.weights) - paths(still)
    found = paths(model.trainable_variables)
    if found != expected:
        raise AssertionError(
            f"expected the trainable weights {sorted(expected)}; out came "
            f"{sorted(found)}."
        )
    found = moved(model.weights, lambda: train(model, steps))
    if found != expected:
        raise AssertionError(
            f"expected training to move {sorted(expected)}; out came that it moves "
            f"{sorted(found)}."
        )


def paths(variables: Iterable[Any]) -> set[str]:
    return {variable.path for variable in variables}


def distance(found: Any, expected: Any) -> float:
    """The largest difference, as a share of the largest number."""
    found, expected = to_numpy(found), to_numpy(expected)
    return float(np.max(np.abs(found - expected)) / np.max(np.abs(expected)))


@contextmanager
def quietly() -> Iterator[None]:
    """Lets a wrapper say that it has nothing left to do."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".* does nothing")
        yield
