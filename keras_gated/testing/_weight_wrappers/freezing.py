"""`trainable`, set to whatever and whenever."""

from typing import Any

import keras

from keras_gated.testing._subject import Subject
from keras_gated.testing._weight_wrappers.models import (
    check_learns,
    compiled,
    dense,
    gru,
    learner,
)


def frozen(subject: Subject) -> None:
    """Freezes the wrapper between layers that learn, and thaws it."""
    for layer in (dense(), gru()):
        wrapper = subject.make(layer)
        _check_switch(learner(wrapper), wrapper, wrapper.weights)


def frozen_from_the_start(subject: Subject) -> None:
    """Makes the wrapper with `trainable=False`, or freezes it before it is built."""
    late = subject.make(dense())
    late.trainable = False
    for wrapper in (subject.make(dense(), trainable=False), late):
        model = learner(wrapper)
        check_learns(model, wrapper.weights)
        wrapper.trainable = True
        check_learns(compiled(model))


def frozen_layer(subject: Subject) -> None:
    """Freezes the layer inside: what the wrapper itself learns goes on."""
    wrapper = subject.make(dense())
    _check_switch(learner(wrapper), wrapper.layer, wrapper.layer.weights)


def frozen_inside(subject: Subject) -> None:
    """Freezes one of two layers inside."""
    layers = gru(), gru()
    model = learner(subject.make(keras.Sequential(layers)))
    for layer in layers:
        _check_switch(model, layer, layer.weights)


def _check_switch(model: Any, layer: Any, weights: list[Any]) -> None:
    layer.trainable = False
    check_learns(compiled(model), weights)
    layer.trainable = True
    check_learns(compiled(model))
