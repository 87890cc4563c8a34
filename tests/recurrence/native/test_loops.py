"""The native loops against those in NumPy's float64, on every instruction set."""

import os

import numpy as np
import pytest

from tests.recurrence.native import reference
from tests.recurrence.native.library import Library, build
from tests.recurrence.native.problems import in_double, random_problem, random_upstream

pytestmark = pytest.mark.once
SETS = ("avx512", "avx2", "sse2", "baseline")
CASES_OF_UNIT = 40


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return Library(build(tmp_path_factory.mktemp("native")))


@pytest.fixture(params=SETS)
def isa(request, library, monkeypatch):
    monkeypatch.setenv("KERAS_GATED_NATIVE_ISA", request.param)
    if library.isa != request.param:
        pytest.skip("not on this machine")
    return request.param


def compare(problem, upstream, library, threads, rtol=2e-5):
    """Forward and backward, the latter from what the former kept."""
    with np.errstate(over="ignore"):
        expected = reference.forward(in_double(problem))
    found = library.forward(problem, threads)
    for one, other in zip(found, expected, strict=True):
        if other is not None:
            np.testing.assert_allclose(one, other, rtol=rtol, atol=rtol)
    saved = [None if x is None else x.astype(float) for x in found]
    gradients = library.backward(problem, *found, upstream, threads)
    expected = reference.backward(in_double(problem), *saved, in_double(upstream))
    for name, one in gradients.items():
        # Gradients may grow on their way, and sums cancel.
        scale = max(1, np.abs(expected[name]).max(initial=0))
        if one.ndim < 3:
            scale = max(scale, np.sqrt(problem.projected.shape[0]))
        np.testing.assert_allclose(
            one, expected[name], rtol=rtol, atol=rtol * scale, err_msg=name
        )


@pytest.mark.parametrize("unit", reference.UNITS)
def test_random_design(unit, library, isa):
    rng = np.random.default_rng(reference.UNITS.index(unit))
    for _ in range(CASES_OF_UNIT):
        shape = rng.integers(1, 71, 3)
        shape[0] = rng.integers(1, 71 if shape[1:].prod() < 500 else 12)
        options = dict(zip(("extras", "masked", "dropped"), rng.random(3) < 0.5))
        problem = random_problem(rng, unit, shape, **options)
        upstream = random_upstream(rng, problem, last=rng.random() < 0.5)
        compare(problem, upstream, library, threads=int(rng.choice([1, 2, 3, 5])))
