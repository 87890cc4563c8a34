"""The layer in the three kinds of models."""

from typing import Any

import keras

from keras_gated.testing._arrays import BATCH, FEATURES, assert_close, sequences
from keras_gated.testing._step_by_step import random_states, step_by_step
from keras_gated.testing._subject import Subject, move_weights
from keras_gated.testing.check import layer_check


class Subclassed(keras.Model):
    """A model that calls a layer."""

    def __init__(self, layer: Any) -> None:
        super().__init__()
        self.recurrent = layer

    def call(self, inputs: Any) -> Any:
        return self.recurrent(inputs)


@layer_check("states are inputs and outputs of a functional model")
def functional(subject: Subject) -> None:
    layer = subject.built(return_sequences=True, return_state=True)
    x, states = sequences(), random_states(subject, BATCH)
    inputs = keras.Input((None, FEATURES))
    initial = [keras.Input(state.shape[1:]) for state in states]
    outputs = layer(inputs, initial_state=initial)
    expected = step_by_step(subject, layer, x, states)
    shapes = [tuple(output.shape) for output in outputs]
    size = expected[0].shape[-1]
    wanted = [(None, None, size), *((None, *state.shape[1:]) for state in states)]
    if shapes != wanted:
        raise AssertionError(
            f"expected symbolic outputs of the shapes {wanted}; out came {shapes}."
        )
    model = keras.Model([inputs, *initial], outputs)
    assert_close(model([x, *states]), expected, "the outputs and final states")


@layer_check("the layer works in a sequential model")
def sequential(subject: Subject) -> None:
    """Builds a sequential model from its data, and one that knows its inputs."""
    for inputs in ([], [keras.Input((None, FEATURES))]):
        layer = subject.make(return_sequences=True)
        _check_model(subject, layer, keras.Sequential([*inputs, layer]))


@layer_check("the layer works in a subclassed model")
def subclassed(subject: Subject) -> None:
    layer = subject.make(return_sequences=True)
    _check_model(subject, layer, Subclassed(layer))


def _check_model(subject: Subject, layer: Any, model: Any) -> None:
    model(sequences())
    move_weights(model)
    expected, *_ = step_by_step(subject, layer, sequences())
    assert_close(model(sequences()), expected, "the outputs")
