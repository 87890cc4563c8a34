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
from keras_gated.testing.check import wrapper_check


@wrapper_check("the wrapper is frozen between layers that learn, and thawed")
def frozen(subject: Subject) -> None:
    for layer in (dense(), gru()):
        wrapper = subject.make(layer)
        _check_switch(learner(wrapper), wrapper, wrapper.weights)


@wrapper_check("it is made with trainable=False, or frozen before it is built")
def frozen_from_the_start(subject: Subject) -> None:
    late = subject.make(dense())
    late.trainable = False
    for wrapper in (subject.make(dense(), trainable=False), late):
        model = learner(wrapper)
        check_learns(model, wrapper.weights)
        wrapper.trainable = True
        check_learns(compiled(model))


@wrapper_check("the layer inside is frozen and thawed; what the wrapper learns goes on")
def frozen_layer(subject: Subject) -> None:
    wrapper = subject.make(dense())
    _check_switch(learner(wrapper), wrapper.layer, wrapper.layer.weights)


@wrapper_check("of two layers inside one is frozen and thawed, then the other")
def frozen_inside(subject: Subject) -> None:
    layers = gru(), gru()
    model = learner(subject.make(keras.Sequential(layers)))
    for layer in layers:
        _check_switch(model, layer, layer.weights)


def _check_switch(model: Any, layer: Any, weights: list[Any]) -> None:
    layer.trainable = False
    check_learns(compiled(model), weights)
    layer.trainable = True
    check_learns(compiled(model))
