"""Second derivatives, frozen weights, and what is kept for the backward pass."""

import contextlib

import keras
import numpy as np
import pytest

from keras_gated.recurrence.choice import loop_for
from keras_gated.recurrence.operands import Operands
from tests.units import GRU_BEFORE, normal, own_tanh, randomise

BATCH, TIME, FEATURES, SIZE = 3, 6, 2, 4


def loss_of(layer, x):
    return keras.ops.sum(keras.ops.square(layer(x)))


def second_derivative_jax(layer, x, direction):
    import jax

    def slope(x):
        return jax.numpy.vdot(jax.grad(lambda x: loss_of(layer, x))(x), direction)

    return jax.jit(jax.grad(slope))(x)


def second_derivative_tensorflow(layer, x, direction, steps=None):
    import tensorflow as tf

    @tf.function(input_signature=[tf.TensorSpec((BATCH, steps, FEATURES), x.dtype)])
    def compute(x):
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                loss = loss_of(layer, x)
            slope = tf.reduce_sum(inner.gradient(loss, x) * direction)
        return outer.gradient(slope, x)

    return compute(tf.constant(x))


def second_derivative_torch(layer, x, direction):
    import torch

    x = torch.tensor(x, requires_grad=True)
    (slope,) = torch.autograd.grad(loss_of(layer, x), x, create_graph=True)
    (slope * torch.tensor(direction)).sum().backward()
    return x.grad


SECOND_DERIVATIVE = {
    "jax": second_derivative_jax,
    "tensorflow": second_derivative_tensorflow,
    "torch": second_derivative_torch,
}


@pytest.fixture
def problem(unit, float64):
    """A layer, its inputs, and the direction of the second derivative."""
    x, direction = (normal(BATCH, TIME, FEATURES, seed=seed) for seed in (3, 9))
    layer = randomise(unit.make(SIZE), FEATURES)
    return layer, x.astype("float64"), direction.astype("float64")


def test_second_derivatives_are_right(unit, backend, problem):
    layer, x, direction = problem
    generic = randomise(unit.make(SIZE, activation=own_tanh), FEATURES)
    found, expected = (
        SECOND_DERIVATIVE[backend](which, x, direction) for which in (layer, generic)
    )
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-11)


def forward_over_backward_jax(layer, x, direction):
    import jax

    slope = jax.grad(lambda x: loss_of(layer, x))
    return jax.jit(lambda x: jax.jvp(slope, (x,), (direction,))[1])(x)


def forward_over_backward_tensorflow(layer, x, direction):
    import tensorflow as tf

    x = tf.constant(x)
    with tf.autodiff.ForwardAccumulator(x, tf.constant(direction)) as forward:
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = loss_of(layer, x)
        slope = tape.gradient(loss, x)
    return forward.jvp(slope)


def forward_over_backward_torch(layer, x, direction):
    import torch

    slope = torch.func.grad(lambda x: loss_of(layer, x))
    given = ((torch.tensor(x),), (torch.tensor(direction),))
    return torch.func.jvp(slope, *given)[1].detach()


FORWARD_OVER_BACKWARD = {
    "jax": forward_over_backward_jax,
    "tensorflow": forward_over_backward_tensorflow,
    "torch": forward_over_backward_torch,
}


@pytest.mark.filterwarnings("ignore:.torch.jit.script. is deprecated")
def test_hessian_products_in_forward_mode(backend, float64):
    layer = randomise(GRU_BEFORE.make(SIZE), FEATURES)
    x, direction = (normal(BATCH, TIME, FEATURES, seed=s) for s in (3, 9))
    given = layer, x.astype("float64"), direction.astype("float64")
    found = FORWARD_OVER_BACKWARD[backend](*given)
    expected = SECOND_DERIVATIVE[backend](*given)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-11)


def test_jax_refuses_a_first_derivative_in_forward_mode(backend):
    if backend != "jax":
        pytest.skip("TensorFlow and PyTorch have it")
    import jax

    layer, x = randomise(GRU_BEFORE.make(SIZE), FEATURES), normal(BATCH, TIME, FEATURES)
    with pytest.raises(TypeError, match="forward-mode autodiff"):
        jax.jvp(layer, (x,), (x,))


def test_second_derivatives_are_refused(backend, problem):
    if backend != "tensorflow":
        pytest.skip("JAX and PyTorch have them")
    with pytest.raises(NotImplementedError, match="first derivatives only"):
        second_derivative_tensorflow(*problem, steps=TIME)


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
    operands = Operands(
        keras.ops.zeros((BATCH, steps, FEATURES)),
        states,
        layer.cell.projection(),
        layer.cell.recurrent_weights(),
        valid=None,
        dropout_mask=None,
    )
    with without_gradients():
        loop = loop_for(layer.cell.step_equations, operands)
        _, residuals = loop.forward(operands, save=True)
    kept = [x for x in keras.tree.flatten(residuals) if x is not None]
    by_step = sum(np.prod(x.shape) for x in kept if max(x.shape) >= steps)
    gates = layer.cell.kernel.shape[1]
    most = FEATURES + gates + 2 * SIZE
    assert by_step <= (steps + 1) * BATCH * most
