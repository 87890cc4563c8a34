"""The kernels for GPUs, interpreted, under JAX's transformations, and in layers."""

import keras
import numpy as np
import pytest

if keras.backend.backend() != "jax":
    pytest.skip("the kernels are those of JAX", allow_module_level=True)

import jax
import jax.numpy as jnp

from keras_gated.recurrence._scanned import ScannedLoop
from keras_gated.recurrence.experimental import SWITCH
from tests.gradients import value_and_gradients
from tests.recurrence.jax_gpu.problems import by_kernels, compare, step_of_training
from tests.recurrence.native.problems import random_problem, random_upstream
from tests.units import GRU_AFTER, PEEPHOLE_LSTM, normal, own_tanh, randomise


def training(unit="gru_reset_after", **options):
    rng = np.random.default_rng(0)
    problem = random_problem(rng, unit, (3, 2, 5), masked=True)
    return step_of_training(problem, random_upstream(rng, problem), **options)


def test_batched():
    step, arguments = training()
    several = jax.tree.map(lambda x: np.stack([x, 2 * x]), arguments)
    with by_kernels():
        found = jax.jit(jax.vmap(step))(several)
        for number in range(2):
            one = jax.tree.map(lambda x, number=number: x[number], several)
            expected = jax.jit(step)(one)
            jax.tree.map(
                lambda f, e, number=number: np.testing.assert_allclose(
                    f[number], e, rtol=1e-5, atol=1e-5
                ),
                found,
                expected,
            )


def sharpness_of(step):
    def sharpness(arguments):
        return sum(jnp.sum(gradient**2) for gradient in step(arguments)[1])

    return sharpness


def test_second_derivatives_are_those_of_the_loop_of_jax():
    scanned, _ = training(loop_class=ScannedLoop)
    ours, arguments = training()
    expected = jax.jit(jax.grad(sharpness_of(scanned)))(arguments)
    with by_kernels():
        found = jax.jit(jax.grad(sharpness_of(ours)))(arguments)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)


def test_what_other_devices_compute():
    rng = np.random.default_rng(0)
    for unit in ("lstm", "gru_reset_before"):
        problem = random_problem(rng, unit, (3, 4, 5), masked=True, dropped=True)
        compare(problem, random_upstream(rng, problem), rtol=2e-5, interpreted=False)


@pytest.mark.parametrize("unit", [PEEPHOLE_LSTM, GRU_AFTER], ids=lambda unit: unit.name)
def test_layers(unit, monkeypatch):
    """In a layer, backwards, with a mask, states and recurrent dropout."""
    monkeypatch.setenv(SWITCH, "1")
    x, mask = normal(3, 4, 2), np.arange(4) < np.array([[4], [2], [0]])
    states = [normal(3, 5, seed=seed) for seed in range(unit.states)]
    found = []
    for activation in ("tanh", own_tanh):
        layer = unit.make(
            5,
            activation=activation,
            go_backwards=True,
            return_sequences=True,
            recurrent_dropout=0.4,
            seed=1,
        )
        randomise(layer, 2)
        with by_kernels():
            name = "gpu" if activation == "tanh" else "generic"
            assert layer.recurrence.name == name, layer.recurrence.reason

            def total(x, *states, layer=layer):
                outputs = layer(x, mask=mask, initial_state=list(states), training=True)
                return keras.ops.sum(outputs * normal(3, 4, 5))

            found.append(value_and_gradients(total, x, *states))
    (value, gradients), (expected, expected_gradients) = found
    np.testing.assert_allclose(value, expected, rtol=1e-5)
    for one, other in zip(gradients, expected_gradients, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
