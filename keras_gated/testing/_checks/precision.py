"""Half, mixed and double precision."""

from typing import Any

import keras
import numpy as np

from keras_gated.testing._arrays import (
    FEATURES,
    HOLES,
    assert_close,
    sequences,
    to_numpy,
)
from keras_gated.testing._backends import double_precision
from keras_gated.testing._checks.training import compiled_model, train
from keras_gated.testing._step_by_step import step_by_step
from keras_gated.testing._subject import Subject
from keras_gated.testing.check import layer_check


@layer_check(
    "mixed_float16 computes in float16 near to float32, and learns",
    "exhaustive",
)
def mixed_float16(subject: Subject) -> None:
    _check_mixed(subject, "float16", tolerance=1e-2)


@layer_check(
    "mixed_bfloat16 computes in bfloat16 near to float32, and learns",
    "exhaustive",
)
def mixed_bfloat16(subject: Subject) -> None:
    _check_mixed(subject, "bfloat16", tolerance=8e-2)


def _check_mixed(subject: Subject, dtype: str, tolerance: float) -> None:
    full = subject.built(return_sequences=True, return_state=True)
    layer = subject.twin(
        full, return_sequences=True, return_state=True, dtype=f"mixed_{dtype}"
    )
    found = layer(sequences(), mask=HOLES)
    _check_dtypes([tensor.dtype for tensor in found], dtype, "outputs and states")
    _check_dtypes([v.dtype for v in layer.trainable_variables], "float32", "weights")
    assert_close(
        found, full(sequences(), mask=HOLES), "beside float32", tolerance, tolerance
    )
    layer = subject.twin(full, return_sequences=True, dtype=f"mixed_{dtype}")
    before = layer.get_weights()
    train(compiled_model(layer, run_eagerly=True), steps=1)
    for variable, old in zip(layer.weights, before, strict=True):
        new = to_numpy(variable.value)
        if not np.all(np.isfinite(new)) or np.array_equal(new, old):
            raise AssertionError(
                f"expected {variable.path} to move in a step of training, and stay "
                f"finite; it came from {old} to {new}."
            )


@layer_check("float64 is computed and held in float64, near to float32", "exhaustive")
def float64(subject: Subject) -> None:
    single = subject.built(return_sequences=True, return_state=True)
    with double_precision():
        layer = subject.make(return_sequences=True, return_state=True, dtype="float64")
        layer.build((None, None, FEATURES))
        layer.set_weights(single.get_weights())
        x = keras.ops.convert_to_tensor(sequences().astype("float64"), "float64")
        found = layer(x, mask=HOLES)
        _check_dtypes([tensor.dtype for tensor in found], "float64", "outputs")
        _check_dtypes(
            [v.dtype for v in layer.trainable_variables], "float64", "weights"
        )
        found = [to_numpy(tensor) for tensor in found]
    expected = step_by_step(subject, single, sequences(), mask=HOLES)
    assert_close(found, expected, "beside float32", atol=1e-5)


def _check_dtypes(found: list[Any], expected: str, what: str) -> None:
    names = {keras.backend.standardize_dtype(dtype) for dtype in found}
    if names != {expected}:
        raise AssertionError(
            f"expected {what} in {expected}; out came {', '.join(sorted(names))}."
        )
