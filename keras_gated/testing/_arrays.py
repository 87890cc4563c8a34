"""Inputs of the checks, and the comparison of what comes out with what should."""

from typing import Any

import keras
import numpy as np

from keras_gated._types import Tensor

BATCH, TIME, FEATURES = 3, 5, 2

HOLES = np.array([[0, 1, 1, 0, 1], [1, 0, 0, 1, 1], [0, 0, 0, 0, 0]], bool)
"""A mask `(BATCH, TIME)` with a hole at either end and within, and an empty row."""


def normal(*shape: int, seed: int = 3) -> np.ndarray:
    """Standard normal numbers in float32, always the same."""
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def sequences(batch: int = BATCH, time: int = TIME) -> np.ndarray:
    """Inputs `(batch, time, FEATURES)` of a layer."""
    return normal(batch, time, FEATURES)


def to_numpy(tensor: Tensor) -> np.ndarray:
    """The values of a tensor; of half precision, which NumPy lacks in part, in single.

    Keras' own conversion refuses bfloat16 on PyTorch.
    """
    if keras.backend.standardize_dtype(tensor.dtype) in ("float16", "bfloat16"):
        tensor = keras.ops.cast(tensor, "float32")
    return np.asarray(keras.ops.convert_to_numpy(tensor))


def assert_close(
    found: Any, expected: Any, what: str, rtol: float = 1e-5, atol: float = 1e-5
) -> None:
    """Compares tensors or arrays, alone or nested, in their order.

    Two orders of the same sums differ by some 1e-7, which the normalisation of layers
    multiplies by ten and more where their numbers are nearly equal.

    Raises:
        AssertionError: Says which differ, where most, and by how much.
    """
    founds = [to_numpy(x) for x in keras.tree.flatten(found)]
    expecteds = [to_numpy(x) for x in keras.tree.flatten(expected)]
    shapes = [x.shape for x in founds], [x.shape for x in expecteds]
    if shapes[0] != shapes[1]:
        raise AssertionError(
            f"{what}: expected arrays of the shapes {shapes[1]}; out came arrays of "
            f"the shapes {shapes[0]}."
        )
    for index, (one, other) in enumerate(zip(founds, expecteds, strict=True)):
        wrong = ~np.isclose(one, other, rtol=rtol, atol=atol)
        if not wrong.any():
            continue
        error = np.where(wrong, np.abs(one.astype("float64") - other), -1)
        at = np.unravel_index(np.argmax(np.nan_to_num(error, nan=np.inf)), one.shape)
        which = f"array {index} of {len(founds)}: " if len(founds) > 1 else ""
        raise AssertionError(
            f"{what}: {which}{wrong.sum()} of {wrong.size} numbers differ; at "
            f"{tuple(map(int, at))} expected {other[at]:.8g}, out came {one[at]:.8g}."
        )


def assert_different(one: Any, other: Any, what: str) -> None:
    """Raises an `AssertionError` if two tensors hold the same numbers."""
    if np.array_equal(to_numpy(one), to_numpy(other)):
        raise AssertionError(f"{what}: expected other numbers, out came the same.")
