"""Batches and times: unknown, one, none."""

import keras
import numpy as np

from keras_gated.testing._arrays import (
    BATCH,
    FEATURES,
    TIME,
    assert_close,
    sequences,
    to_numpy,
)
from keras_gated.testing._backends import compiled
from keras_gated.testing._step_by_step import step_by_step
from keras_gated.testing._subject import Subject
from keras_gated.testing.check import layer_check


@layer_check("a model that knows neither batch nor time predicts batches of two sizes")
def unknown_sizes(subject: Subject) -> None:
    inputs = keras.Input(batch_shape=(None, None, FEATURES))
    layer = subject.built(return_sequences=True)
    outputs = layer(inputs)
    if tuple(outputs.shape[:2]) != (None, None):
        raise AssertionError(
            "expected symbolic outputs with an unknown batch and time; out came the "
            f"shape {tuple(outputs.shape)}."
        )
    model = keras.Model(inputs, outputs)
    for batch, time in ((1, 1), (BATCH, TIME)):
        x = sequences(batch, time)
        expected, *_ = step_by_step(subject, layer, x)
        with compiled():
            found = model.predict_on_batch(x)
        assert_close(found, expected, f"inputs of the shape {x.shape}")


@layer_check("a batch of one sequence works")
def one_sequence(subject: Subject) -> None:
    _check_size(subject, batch=1, time=TIME)


@layer_check("sequences of one step work")
def one_step(subject: Subject) -> None:
    _check_size(subject, batch=BATCH, time=1)


def _check_size(subject: Subject, batch: int, time: int) -> None:
    layer = subject.built(return_sequences=True, return_state=True)
    x = sequences(batch, time)
    expected = step_by_step(subject, layer, x)
    assert_close(layer(x), expected, f"inputs of the shape {x.shape}")


@layer_check("sequences of no step raise a ValueError that says so")
def no_steps(subject: Subject) -> None:
    layer = subject.built()
    shape = (BATCH, 0, FEATURES)
    try:
        found = to_numpy(layer(np.zeros(shape, "float32")))
    except (ValueError, IndexError) as error:
        text = str(error)
        if isinstance(error, ValueError) and "step" in text and str(shape) in text:
            return
        raise AssertionError(
            f"inputs of the shape {shape}: expected a ValueError that speaks of time "
            f"steps and shows the shape; out came {error!r}."
        ) from error
    raise AssertionError(
        f"inputs of the shape {shape}: expected a ValueError; out came {found}."
    )
