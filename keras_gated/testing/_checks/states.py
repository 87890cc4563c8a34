"""States that go in and come out."""

from itertools import pairwise

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
from keras_gated.testing._made_with import made_with
from keras_gated.testing._step_by_step import random_states, step_by_step
from keras_gated.testing._subject import Subject
from keras_gated.testing.check import layer_check


@layer_check("the layer starts from initial_state; a single one needs no list")
def initial_state(subject: Subject) -> None:
    layer = subject.built(return_sequences=True, return_state=True)
    x, states = sequences(), random_states(subject, BATCH)
    expected = step_by_step(subject, layer, x, states)
    assert_close(layer(x, initial_state=states), expected, "from a list of states")
    if len(states) == 1:
        found = layer(x, initial_state=keras.ops.convert_to_tensor(states[0]))
        assert_close(found, expected, "from one state without a list")


@layer_check("chunks, each from the states after the one before, are one pass")
def streaming(subject: Subject) -> None:
    layer = subject.built(return_sequences=True, return_state=True)
    x = sequences()
    expected, *final = step_by_step(subject, layer, x)
    cuts = 0, 1, 3, TIME
    states, chunks = None, []
    for start, stop in pairwise(cuts):
        outputs, *states = layer(x[:, start:stop], initial_state=states)
        chunks.append(outputs)
    found = keras.ops.concatenate(chunks, axis=1)
    assert_close(found, expected, "the outputs of all chunks")
    assert_close(states, final, "the states after the last chunk")


WINDOWS = 3


@layer_check(
    "with stateful=True windows are one pass, in calls and in predict_on_batch",
    "exhaustive",
)
def stateful(subject: Subject) -> None:
    whole = subject.built(return_sequences=True)
    x = sequences(time=WINDOWS)
    expected = np.split(to_numpy(whole(x)), WINDOWS, axis=1)
    for way in ("__call__", "predict_on_batch"):
        layer = made_with(subject, return_sequences=True, stateful=True)
        inputs = keras.Input(batch_shape=(BATCH, None, FEATURES))
        model = keras.Sequential([inputs, layer])
        model.compile(run_eagerly=True)
        layer.set_weights(whole.get_weights())
        found = [getattr(model, way)(window) for window in np.split(x, WINDOWS, 1)]
        assert_close(found, expected, f"the windows in {way}")
