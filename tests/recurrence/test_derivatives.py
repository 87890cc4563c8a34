"""Second derivatives, frozen weights, and what is kept for the backward pass."""

import contextlib

import keras
import numpy as np
import pytest

from keras_gated.recurrence.hand_written import loop_of
from tests.units import normal, randomise

BATCH, TIME, FEATURES, SIZE = 3, 6, 2, 4


def loss_of(layer, x):
    return keras.ops.sum(keras.ops.square(layer(x)))


def second_derivative_jax(layer, x, direction):
    import jax

    def slope(x):
        return jax.numpy.vdot(jax.grad(lambda x: loss_of(layer, x))(x), direction)

    return jax.jit(jax.grad(slope))(x)


def second_derivative_tensorflow(layer, x, direction):
    import tensorflow as tf

    @tf.function
    def compute(x):
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                loss = loss_of(layer, x)
            slope = tf.reduce_sum(inner.gradient(loss, x) * direction)
        return outer.gradient(slope, x)

    return compute(tf.constant(x))


SECOND_DERIVATIVE = {
    "jax": second_derivative_jax,
    "tensorflow": second_derivative_tensorflow,
}


def test_second_derivatives_are_right_or_refused(unit, backend, float64):
    layer = randomise(unit.make(SIZE), FEATURES)
    x = normal(BATCH, TIME, FEATURES).astype("float64")
    direction = normal(BATCH, TIME, FEATURES, seed=9).astype("float64")
    if backend == "torch":
        refused_by_torch(layer, x)
        return
    found = SECOND_DERIVATIVE[backend](layer, x, direction)

    generic = unit.make(SIZE, activation=lambda x: keras.ops.tanh(x))
    generic.build((None, None, FEATURES))
    generic.set_weights(layer.get_weights())
    expected = SECOND_DERIVATIVE[backend](generic, x, direction)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def refused_by_torch(layer, x):
    import torch

    x = torch.tensor(x, requires_grad=True)
    (slope,) = torch.autograd.grad(loss_of(layer, x), x, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        slope.sum().backward()


def test_frozen_layer_passes_gradients_on(unit):
    first, second = unit.make(SIZE, return_sequences=True), unit.make(SIZE)
    second.trainable = False
    model = keras.Sequential([keras.Input((TIME, FEATURES)), first, second])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    before = [w.copy() for w in model.get_weights()]
    model.train_on_batch(normal(BATCH, TIME, FEATURES), normal(BATCH, SIZE))
    moved = [
        not np.array_equal(a, b)
        for a, b in zip(before, model.get_weights(), strict=True)
    ]
    count = len(first.weights)
    assert moved[0]
    assert not any(moved[count:])


def without_gradients():
    if keras.backend.backend() != "torch":
        return contextlib.nullcontext()
    import torch

    return torch.inference_mode()


def test_keeps_gates_and_two_states_a_step(unit):
    """Of each step no more than its gates and two states stay for the derivative."""
    steps = 50
    layer = randomise(unit.make(SIZE), FEATURES)
    states = tuple(keras.ops.zeros((BATCH, SIZE)) for _ in range(unit.states))
    operands = (layer.cell.projection(), layer.cell.recurrent_weights())
    inputs = keras.ops.zeros((steps, BATCH, FEATURES))
    with without_gradients():
        _, residuals = loop_of(layer.cell.unit).forward(
            inputs, states, *operands, None, None, save=True
        )
    kept = [x for x in keras.tree.flatten(residuals) if x is not None]
    by_step = sum(np.prod(x.shape) for x in kept if x.shape[0] >= steps)
    gates = layer.cell.kernel.shape[1]
    most = FEATURES + gates + 2 * SIZE
    assert by_step <= (steps + 1) * BATCH * most
