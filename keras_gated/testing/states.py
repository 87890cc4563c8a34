"""States that go in and come out."""

from itertools import pairwise

import keras

from keras_gated.testing.arrays import BATCH, TIME, assert_close, sequences
from keras_gated.testing.step_by_step import random_states, step_by_step
from keras_gated.testing.subject import Subject


def initial_state(subject: Subject) -> None:
    """Starts from given states; a single one needs no list."""
    layer = subject.built(return_sequences=True, return_state=True)
    x, states = sequences(), random_states(subject, BATCH)
    expected = step_by_step(subject, layer, x, states)
    assert_close(layer(x, initial_state=states), expected, "from a list of states")
    if len(states) == 1:
        found = layer(x, initial_state=keras.ops.convert_to_tensor(states[0]))
        assert_close(found, expected, "from one state without a list")


def streaming(subject: Subject) -> None:
    """Runs sequences in chunks, each from the states after the one before."""
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
