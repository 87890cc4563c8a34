"""Problems of the loops in NumPy, for the loops on JAX."""

from contextlib import nullcontext

import jax
import numpy as np

from keras_gated.recurrence import equations
from keras_gated.recurrence._jax_gpu import GPULoop, launch
from keras_gated.recurrence.operands import Operands
from tests.recurrence.native.problems import in_double
from tests.recurrence.native.reference import backward, forward

EQUATIONS = {
    "lstm": equations.LSTM,
    "gru_reset_before": equations.GRUResetBefore,
    "gru_reset_after": equations.GRUResetAfter,
    "simple_rnn": equations.SimpleRNN,
}


def present(*arrays):
    return tuple(array for array in arrays if array is not None)


def weights_of(problem):
    """The weights of a step; one GRU has two kernels for one there."""
    kernel = problem.recurrent_kernel
    if problem.unit == "gru_reset_before":
        return tuple(np.split(kernel, [2 * len(kernel)], axis=1))
    return present(kernel, problem.recurrent_bias, problem.peepholes)


def operands_of(problem):
    """A problem as a layer hands it on, with the inputs of masked steps at zero."""
    inputs, valid = problem.inputs, problem.valid
    if valid is not None:
        valid = valid.astype(bool)
        inputs = np.where(valid[..., None], inputs, np.zeros_like(inputs))
    return Operands(
        inputs,
        present(problem.first_output, problem.first_carry),
        present(problem.kernel, problem.bias),
        weights_of(problem),
        valid,
        problem.dropout_mask,
    )


def step_of_training(problem, upstream, loop_class=GPULoop, **options):
    """A function of all that has a gradient, and its arguments.

    It gives the outputs and the final states, and the gradients of a sum over them.
    """
    operands = operands_of(problem)
    loop = loop_class(EQUATIONS[problem.unit]())
    weights = present(*upstream)

    def total(arguments):
        given = operands.like(arguments, operands.constants)
        options_of_run = {"checkpoint_steps": None, **options}
        finals, outputs = loop.run(given, return_sequences=True, **options_of_run)
        results = (outputs, *finals)
        parts = zip(results, weights, strict=True)
        return sum((one * weight).sum() for one, weight in parts), results

    def step(arguments):
        (_, results), gradients = jax.value_and_grad(total, has_aux=True)(arguments)
        return results, gradients

    return step, operands.arguments


def expected_of(problem, upstream):
    """What `step_of_training` is to give, in float64."""
    problem = in_double(problem)
    states = forward(problem)
    found = backward(problem, states, in_double(upstream))
    gradients = operands_of(
        problem._replace(
            inputs=found["d_inputs"],
            kernel=found["d_kernel"],
            bias=None if problem.bias is None else found["d_bias"],
            first_output=found["d_first_output"],
            first_carry=found["d_first_carry"],
            recurrent_kernel=found["d_recurrent_kernel"],
            recurrent_bias=(
                None if problem.recurrent_bias is None else found["d_recurrent_bias"]
            ),
            peepholes=None if problem.peepholes is None else found["d_peepholes"],
        )
    )
    results = present(states.outputs, states.last_output, states.last_carry)
    return results, gradients.arguments


def by_kernels():
    """A context in which a GPU runs the kernels, or else Pallas' interpreter."""
    on_gpu = jax.default_backend() == "gpu"
    return nullcontext() if on_gpu else launch.interpreted()


def compare(problem, upstream, rtol, interpreted=True, **options):
    """The kernels, or what stands in for them, beside NumPy."""
    step, arguments = step_of_training(problem, upstream, **options)
    with by_kernels() if interpreted else nullcontext():
        found = jax.jit(step)(arguments)
    expected = expected_of(problem, upstream)
    for one, other in zip(
        jax.tree.leaves(found), jax.tree.leaves(expected), strict=True
    ):
        assert one.dtype == problem.inputs.dtype
        # Gradients are sums, which cancel.
        scale = max(1, np.abs(other).max(initial=0), np.sqrt(problem.steps))
        np.testing.assert_allclose(
            np.asarray(one, float), other, rtol=rtol, atol=rtol * scale
        )
