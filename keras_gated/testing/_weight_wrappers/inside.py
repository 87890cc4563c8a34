"""What layers do besides computing: it happens in a wrapper as without it."""

from typing import Any

import keras
import numpy as np

from keras_gated.testing._arrays import assert_close, to_numpy
from keras_gated.testing._subject import Subject
from keras_gated.testing._weight_wrappers.models import (
    UNITS,
    X,
    dense,
    gru,
    learner,
    train,
)
from keras_gated.testing.check import NotApplicable, wrapper_check


class Counting(keras.layers.Dense):
    """A dense layer with a metric of its inputs."""

    def __init__(self, units: int) -> None:
        super().__init__(units)
        self.mean = keras.metrics.Mean()

    def call(self, inputs: Any) -> Any:
        self.mean.update_state(inputs)
        return super().call(inputs)


@wrapper_check("a batch normalisation and a metric inside are updated once a call")
def statistics(subject: Subject) -> None:
    alone, wrapped = _pair(
        subject, lambda: keras.Sequential([keras.layers.BatchNormalization(), dense()])
    )
    for layer in (alone, wrapped):
        layer(X, training=True)
    _check_states(alone, wrapped)
    alone, wrapped = _pair(subject, lambda: Counting(UNITS))
    for layer in (alone, wrapped):
        layer(X, training=True)
    found, expected = (layer.metrics_variables for layer in (wrapped, alone))
    assert_close(found, expected, "the variables of the metric")


@wrapper_check("so is the batch normalisation in train_on_batch")
def statistics_in_training(subject: Subject) -> None:
    model = learner(
        subject.make(keras.Sequential([keras.layers.BatchNormalization(), dense()]))
    )
    normalisation = model.layers[1].layer.layers[0]
    expected = 0.01 * to_numpy(keras.ops.mean(model.layers[0](X), axis=(0, 1)))
    train(model)
    assert_close(normalisation.moving_mean, expected, "the moving mean")


@wrapper_check("dropout inside draws what it draws alone, anew in each call")
def dropout(subject: Subject) -> None:

    def make() -> Any:
        return keras.Sequential([keras.layers.Dropout(0.5, seed=1), dense()])

    alone, wrapped = _pair(subject, make)
    for _ in range(2):
        for layer in (alone, wrapped):
            layer(X, training=True)
        _check_states(alone, wrapped)


@wrapper_check(
    "a stateful layer inside carries its states, and reset_state sets them back"
)
def stateful(subject: Subject) -> None:
    alone, wrapped = _pair(subject, lambda: gru(stateful=True))
    expected = [to_numpy(alone(X)) for _ in range(2)]
    for array in expected:
        assert_close(wrapped(X), array, "the outputs of a stateful layer")
    wrapped.reset_state()
    assert_close(wrapped(X), expected[0], "the outputs after reset_state")
    wrapped.reset_state()
    for _ in range(2):
        wrapped(X, training=True)
    if not all(np.any(to_numpy(state)) for state in wrapped.layer.states):
        raise AssertionError("expected states after training; out came zeros.")


@wrapper_check("the penalty is that of the weight of the layer, once")
def regularizers(subject: Subject) -> None:
    wrapper = subject.make(dense(kernel_regularizer=keras.regularizers.L2(0.1)))
    wrapper(X, training=True)
    penalty = 0.1 * np.sum(to_numpy(wrapper.layer.kernel) ** 2)
    found = [float(to_numpy(loss)) for loss in wrapper.losses]
    if sum(np.isclose(found, penalty, rtol=1e-4)) != 1:
        raise AssertionError(f"expected one loss of {penalty}; out came {found}.")


@wrapper_check("the constraint of the weight of the layer holds after a step")
def constraints(subject: Subject) -> None:
    wrapper = subject.make(dense(kernel_constraint=keras.constraints.MaxNorm(0.1)))
    train(learner(wrapper))
    norm = np.max(np.linalg.norm(to_numpy(wrapper.layer.kernel), axis=0))
    if norm > 0.1 * (1 + 1e-5):
        raise AssertionError(f"expected columns of norm 0.1 at most; out came {norm}.")


@wrapper_check("a layer that assigns to the weight itself is refused")
def assigned_weight(subject: Subject) -> None:
    wrapper = subject.make(keras.layers.SpectralNormalization(dense()))
    wrapper.build(X.shape)
    before = to_numpy(wrapper.layer.layer.kernel)
    try:
        wrapper(X, training=True)
    except ValueError as error:
        if "assigns to" not in str(error):
            raise
        assert_close(wrapper.layer.layer.kernel, before, "the kernel", 0, 0)
        return
    raise AssertionError("expected a ValueError; out came outputs.")


def _pair(subject: Subject, make: Any) -> tuple[Any, Any]:
    """A layer alone and one in a wrapper, with the same weights."""
    alone, wrapper = make(), subject.make(make())
    for layer in (alone, wrapper):
        layer.build(X.shape)
    alone.set_weights(wrapper.layer.get_weights())
    return alone, wrapper


def _check_states(alone: Any, wrapper: Any) -> None:
    """Compares what is no weight to learn: statistics and states of draws."""
    found, expected = (
        [to_numpy(v) for v in layer.non_trainable_variables]
        for layer in (wrapper.layer, alone)
    )
    if not expected:
        raise NotApplicable("there is no state")
    assert_close(found, expected, "the states after training", rtol=1e-5)
