"""What is handed to cuDNN, by the loop that JAX has beside it for comparison."""

import keras
import numpy as np
import pytest

if keras.backend.backend() != "jax":
    pytest.skip("these loops are those of JAX", allow_module_level=True)

import jax
from jax import lax
from jax.experimental import rnn

from keras_gated.recurrence._jax_gpu import cudnn
from tests.recurrence.jax_gpu.problems import expected_of, operands_of, present
from tests.recurrence.native.problems import random_problem, random_upstream


@pytest.fixture
def precisions(monkeypatch):
    """The precisions that cuDNN is asked for."""
    asked = []

    def lstm(x, h_0, c_0, weights, lengths, *arguments):
        *sizes, layers, dropout, bidirectional, precision = arguments
        asked.append(precision)
        unpacked = rnn.unpack_lstm_weights(weights, *sizes, layers, bidirectional)
        rest = (lengths, *sizes, layers, dropout, bidirectional)
        return rnn.lstm_ref(x, h_0, c_0, *unpacked, *rest)

    monkeypatch.setattr(rnn, "lstm", lstm)
    return asked


@pytest.mark.parametrize("use_bias", [True, False])
def test_weights_and_states(use_bias, precisions):
    rng = np.random.default_rng(0)
    problem = random_problem(rng, "lstm", (4, 3, 5), extras=use_bias)
    problem = problem._replace(peepholes=None)
    upstream, operands = random_upstream(rng, problem), operands_of(problem)

    def total(arguments):
        given = operands.like(arguments, operands.constants)
        finals, outputs = cudnn.computed(given)
        results = (outputs, *finals)
        parts = zip(results, present(*upstream), strict=True)
        return sum((one * weight).sum() for one, weight in parts), results

    step = jax.jit(jax.value_and_grad(total, has_aux=True))
    (_, results), gradients = step(operands.arguments)
    expected = expected_of(problem, upstream)
    for one, other in zip(
        (*results, *gradients), (*expected[0], *expected[1]), strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
    assert set(precisions) == {lax.Precision.HIGHEST}


def test_fewer_digits_must_be_asked_for(precisions):
    problem = random_problem(np.random.default_rng(0), "lstm", (4, 3, 5), extras=False)
    with jax.default_matmul_precision("tensorfloat32"):
        cudnn.computed(operands_of(problem))
    assert precisions == [lax.Precision.HIGH]


def test_other_devices_get_the_loop_of_jax():
    problem = random_problem(np.random.default_rng(0), "lstm", (4, 3, 5), extras=False)
    upstream = random_upstream(np.random.default_rng(1), problem)
    operands = operands_of(problem)
    finals, outputs = cudnn.run(operands)
    expected, _ = expected_of(problem, upstream)
    for one, other in zip((outputs, *finals), expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
