"""The derivatives of the NumPy loops against complex steps."""

import numpy as np
import pytest

from tests.recurrence.native import reference
from tests.recurrence.native.problems import random_problem, random_upstream

STEP = 1e-30
pytestmark = pytest.mark.once


def loss(problem, upstream):
    outputs, carries, _ = reference.forward(problem)
    total = (outputs * upstream.outputs).sum()
    total += (outputs[-1] * upstream.last_output).sum()
    return (
        total if carries is None else total + (carries[-1] * upstream.last_carry).sum()
    )


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
    found = reference.backward(problem, *reference.forward(problem), upstream)
    names = ["projected", "first_output"]
    names += ["first_carry", "peepholes"] if unit == "lstm" else []
    names += ["recurrent_bias"] if unit == "gru_reset_after" else []
    for name in names:
        expected = complex_step(problem, upstream, name)
        np.testing.assert_allclose(found[f"d_{name}"], expected, rtol=1e-9, atol=1e-12)
