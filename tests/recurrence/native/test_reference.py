"""The derivatives of the NumPy loops against complex steps."""

import numpy as np
import pytest

from tests.recurrence.native import reference
from tests.recurrence.native.problems import random_problem, random_upstream

STEP = 1e-30
pytestmark = pytest.mark.once


def loss(problem, upstream):
    states = reference.forward(problem)
    total = (states.outputs * upstream.outputs).sum()
    total += (states.last_output * upstream.last_output).sum()
    if states.last_carry is None:
        return total
    return total + (states.last_carry * upstream.last_carry).sum()


def complex_step(problem, upstream, name):
    values = getattr(problem, name)
    found = np.empty_like(values)
    for index in np.ndindex(values.shape):
        moved = values.astype(complex)
        moved[index] += STEP * 1j
        found[index] = loss(problem._replace(**{name: moved}), upstream).imag / STEP
    return found


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("dropped", [False, True])
@pytest.mark.parametrize("unit", reference.UNITS)
def test_derivatives(unit, dropped, masked):
    rng = np.random.default_rng(0)
    problem = random_problem(
        rng, unit, (4, 3, 2), extras=True, masked=masked, dropped=dropped, dtype=float
    )
    upstream = random_upstream(rng, problem)
    found = reference.backward(problem, reference.forward(problem), upstream)
    names = ["inputs", "first_output", "kernel", "bias", "recurrent_kernel"]
    names += ["first_carry", "peepholes"] if unit in reference.LSTMS else []
    names += ["recurrent_bias"] if reference.RECURRENT_BIASES[unit] else []
    for name in names:
        expected = complex_step(problem, upstream, name)
        np.testing.assert_allclose(found[f"d_{name}"], expected, rtol=1e-9, atol=1e-12)
