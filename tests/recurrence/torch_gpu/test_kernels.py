"""The kernels in Triton against the loops in NumPy's float64, by the interpreter."""

import numpy as np
import pytest
from ml_dtypes import bfloat16, finfo

from tests.recurrence.native import reference
from tests.recurrence.native.problems import random_problem, random_upstream
from tests.recurrence.torch_gpu.loops import CLASSES, compare

pytestmark = pytest.mark.once

ROUNDED = float(finfo(bfloat16).eps)

CASES = {
    "plain": ((2, 17, 18), {}),
    "masked and dropped": ((4, 3, 18), {"masked": True, "dropped": True}),
    "without biases": ((2, 1, 5), {"extras": False}),
    "masked": ((5, 4, 2), {"masked": True}),
    "dropped": ((1, 2, 33), {"dropped": True}),
}
"""Steps, batch and units: tiles that are full or begun, several in each direction."""


def compare_with(unit, shape, rtol=2e-5, to_inputs=True, **options):
    from keras_gated.recurrence._torch_gpu import GPULoop

    rng = np.random.default_rng(reference.UNITS.index(unit))
    problem = random_problem(rng, unit, shape, **options)
    upstream = random_upstream(rng, problem)
    compare(GPULoop(CLASSES[unit]()), problem, upstream, rtol, to_inputs)


QUICK = ("plain", False), ("masked and dropped", True), ("without biases", True)


@pytest.mark.parametrize(
    ("case", "whole"),
    [
        *QUICK,
        *(
            pytest.param(case, whole, marks=pytest.mark.exhaustive)
            for case in CASES
            for whole in (True, False)
            if (case, whole) not in QUICK
        ),
    ],
)
@pytest.mark.parametrize("unit", CLASSES)
def test_against_float64(unit, case, whole, tiles):
    tiles(whole)
    shape, options = CASES[case]
    compare_with(unit, shape, **options)


@pytest.mark.parametrize("unit", CLASSES)
def test_bfloat16(unit, tiles):
    """Numbers are off by a few roundings of their own, and of those that go in."""
    tiles(whole=True)
    options = {"masked": True, "dropped": True, "dtype": bfloat16, "scale": 0.5}
    compare_with(unit, (4, 3, 5), 4 * ROUNDED, **options)


@pytest.mark.parametrize("unit", CLASSES)
def test_the_plan_that_is_chosen(unit, interpreted):
    compare_with(unit, (2, 3, 5))


def test_a_layer_with_many_weights_takes_a_launch_for_each_step(interpreted):
    import torch

    from keras_gated.recurrence._torch_gpu.launches import Sizes, plan

    few, many = (torch.empty(n, 4 * n) for n in (181, 182))
    assert plan(Sizes(16, 10, 181), (few,)).whole
    assert not plan(Sizes(16, 10, 182), (many,)).whole
    assert plan(Sizes(16, 10, 182), (many.bfloat16(),)).whole


@pytest.mark.parametrize("unit", CLASSES)
def test_without_gradients_of_the_inputs(unit, tiles):
    tiles(whole=True)
    compare_with(unit, (2, 3, 5), to_inputs=False)
