"""The kernels for GPUs, interpreted on the CPU, beside the loops in NumPy's float64."""

import keras
import numpy as np
import pytest

from tests import needs

if keras.backend.backend() != "jax":
    pytest.skip("the kernels are those of JAX", allow_module_level=True)

from ml_dtypes import bfloat16, finfo

from tests.recurrence.jax_gpu.problems import EQUATIONS, compare
from tests.recurrence.native.problems import random_problem, random_upstream

jax = needs.package("jax")

SHAPE = (3, 18, 37)
"""Steps, batch and units: two programs and two blocks of units, none full."""


def problem_of(unit, shape=SHAPE, **options):
    rng = np.random.default_rng(list(EQUATIONS).index(unit))
    problem = random_problem(rng, unit, shape, **options)
    return problem, random_upstream(rng, problem)


@pytest.mark.parametrize("unit", EQUATIONS)
def test_against_float64(unit):
    compare(*problem_of(unit, masked=True, dropped=True), rtol=2e-5)


@pytest.mark.exhaustive
@pytest.mark.parametrize("unit", EQUATIONS)
def test_without_what_may_be_missing(unit):
    compare(*problem_of(unit, (4, 16, 32), extras=False), rtol=2e-5)


@pytest.mark.exhaustive
@pytest.mark.parametrize("unit", EQUATIONS)
@pytest.mark.parametrize("shape", [(1, 1, 1), (4, 3, 20), (2, 33, 65)], ids=str)
def test_odd_shapes(unit, shape):
    compare(*problem_of(unit, shape, masked=True), rtol=2e-5)


@pytest.mark.parametrize("unit", EQUATIONS)
def test_bfloat16(unit):
    """Numbers are off by a few roundings of their own, and of those that go in."""
    problem = problem_of(unit, dtype=bfloat16, masked=True, dropped=True, scale=0.5)
    compare(*problem, rtol=8 * float(finfo(bfloat16).eps))


@pytest.mark.exhaustive
@pytest.mark.parametrize("unit", EQUATIONS)
def test_checkpoints(unit):
    compare(*problem_of(unit, masked=True), rtol=2e-5, checkpoint_steps=2)
