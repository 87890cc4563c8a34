"""The native loops against those in NumPy's float64, on every instruction set."""

import numpy as np
import pytest

from tests.recurrence.native import reference
from tests.recurrence.native.library import build_table
from tests.recurrence.native.problems import in_double, random_problem, random_upstream

pytestmark = pytest.mark.once
SETS = [
    compilation.name.removeprefix("kernels_")
    for compilation in build_table().compilations()
    if compilation.source == "kernels.cc"
]
CASES_OF_UNIT = 24


@pytest.fixture(params=SETS)
def isa(request, library, monkeypatch):
    monkeypatch.setenv("KERAS_GATED_NATIVE_ISA", request.param)
    if library.isa != request.param:
        pytest.skip("not on this machine")
    return request.param


def compare(problem, upstream, library, threads, rtol=2e-5):
    """Forward and backward, the latter from what the former kept."""
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
        extras, masked, dropped = rng.random(3) < 0.5
        problem = random_problem(
            rng, unit, shape, extras=extras, masked=masked, dropped=dropped
        )
        upstream = random_upstream(rng, problem, last=rng.random() < 0.5)
        compare(problem, upstream, library, threads=int(rng.choice([1, 2, 3, 5])))


@pytest.mark.parametrize("unit", reference.UNITS)
def test_without_keeping_anything(unit, library, isa):
    problem = random_problem(np.random.default_rng(0), unit, (7, 5, 19), masked=True)
    saved, quick = library.forward(problem), library.forward(problem, save=False)
    np.testing.assert_array_equal(saved[0], quick[0])
    if unit == "lstm":
        np.testing.assert_array_equal(saved[1][-1], quick[1])


@pytest.mark.parametrize("unit", reference.UNITS)
def test_saturated_gates(unit, library, isa):
    problem = random_problem(np.random.default_rng(0), unit, (6, 5, 19), scale=60)
    expected = reference.forward(in_double(problem))
    for one, other in zip(library.forward(problem), expected, strict=True):
        if other is not None:
            # A sum of hundreds in float32 is known to a few hundred-thousandths.
            np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("value", [0.0, 1e-40, -1e-40, 20, -20, 90, -90, 1e30])
def test_activations_at_their_ends(value, library, isa):
    problem = random_problem(np.random.default_rng(0), "simple_rnn", (1, 1, 17))
    problem.projected.fill(value)
    problem.recurrent_kernel.fill(0)
    outputs, _, _ = library.forward(problem)
    np.testing.assert_allclose(
        outputs, np.tanh(np.float32(value)), rtol=2e-7, atol=1e-39
    )
    if value in (0, 90, -90, 1e30):
        np.testing.assert_array_equal(outputs, np.tanh(np.float32(value)))


def test_activations_are_exact_to_units_in_the_last_place(library, isa):
    x = np.random.default_rng(0).normal(size=(1, 1, 30000)).astype(np.float32)
    x *= 10.0 ** np.random.default_rng(1).uniform(-6, 1.5, x.shape).astype(np.float32)
    # Below, the logistic function has not all its digits in float32.
    x = np.maximum(x, -80)
    steps = np.ascontiguousarray(x.reshape(-1, 1, 15))
    problem = random_problem(np.random.default_rng(0), "simple_rnn", (2000, 1, 15))
    problem.recurrent_kernel.fill(0)
    outputs, _, _ = library.forward(problem._replace(projected=steps))
    assert in_last_places(outputs, np.tanh(steps.astype(float))) <= 3

    problem = random_problem(np.random.default_rng(0), "gru_reset_before", (2000, 1, 5))
    problem.recurrent_kernel.fill(0)
    _, _, kept = library.forward(problem._replace(projected=steps))
    expected = reference.sigmoid(steps[..., :10].astype(float))
    assert in_last_places(kept[..., :10], expected) <= 3


def in_last_places(found, expected):
    return np.max(np.abs(found - expected) / np.spacing(expected.astype(np.float32)))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(
    ("unit", "place"),
    [
        *((unit, "projected") for unit in reference.UNITS),
        *((unit, "first_output") for unit in reference.UNITS),
        ("lstm", "first_carry"),
    ],
)
def test_what_is_no_number_spreads_as_in_the_equations(
    unit, place, value, library, isa
):
    rng = np.random.default_rng(0)
    problem = random_problem(rng, unit, (6, 11, 21), masked=True, dropped=True)
    upstream = random_upstream(rng, problem)
    values = getattr(problem, place)
    values[(2, 5, 3) if place == "projected" else (5, 3)] = value
    problem.valid[2, 5] = 1
    with np.errstate(invalid="ignore"):
        expected = reference.forward(in_double(problem))
        found = library.forward(problem, threads=2)
        for one, other in zip(found, expected, strict=True):
            if other is not None:
                same_numbers(one, other)
        saved = [None if x is None else x.astype(float) for x in found]
        expected = reference.backward(in_double(problem), *saved, in_double(upstream))
    gradients = library.backward(problem, *found, upstream, threads=2)
    for name, one in gradients.items():
        if one.ndim > 1 and name != "d_peepholes":
            same_numbers(one, expected[name], rtol=1e-3)


def same_numbers(found, expected, rtol=2e-5):
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    finite = np.isfinite(expected)
    np.testing.assert_array_equal(np.isfinite(found), finite)
    np.testing.assert_allclose(found[finite], expected[finite], rtol=rtol, atol=rtol)


@pytest.mark.parametrize("unit", reference.UNITS)
def test_a_skipped_step_is_blind(unit, library, isa):
    rng = np.random.default_rng(0)
    problem = random_problem(rng, unit, (6, 5, 21), masked=True)
    upstream = random_upstream(rng, problem)
    hidden = problem.projected.copy()
    hidden[problem.valid == 0] = np.nan
    found = library.forward(problem)
    blind = library.forward(problem._replace(projected=hidden))
    for one, other in zip(found, blind, strict=True):
        np.testing.assert_array_equal(one, other)
    gradients = library.backward(problem, *blind, upstream)
    assert np.all(gradients["d_projected"][problem.valid == 0] == 0)


@pytest.mark.parametrize("unit", reference.UNITS)
def test_long_sums_keep_their_digits(unit, library):
    rng = np.random.default_rng(0)
    problem = random_problem(rng, unit, (5000, 2, 3), scale=0.3)
    compare(problem, random_upstream(rng, problem), library, threads=1)


@pytest.mark.parametrize("unit", reference.UNITS)
def test_gradients_that_vanish(unit, library, isa):
    problem = random_problem(np.random.default_rng(0), unit, (70, 4, 9), scale=1e-3)
    upstream = random_upstream(np.random.default_rng(0), problem)
    upstream.outputs[:-1] = 0
    compare(problem, upstream, library, threads=1)


def test_threads_change_nothing_but_the_order_of_sums(library, isa):
    rng = np.random.default_rng(0)
    # Large enough for as many threads.
    problem = random_problem(rng, "lstm", (40, 37, 70), masked=True, dropped=True)
    upstream = random_upstream(rng, problem)
    alone = library.forward(problem)
    alone_back = library.backward(problem, *alone, upstream)
    for threads in (2, 3, 5, 100):
        for one, other in zip(library.forward(problem, threads), alone, strict=True):
            np.testing.assert_array_equal(one, other)
        first, second = (
            library.backward(problem, *alone, upstream, threads) for _ in range(2)
        )
        for name, one in first.items():
            np.testing.assert_array_equal(one, second[name])
            if name in ("d_bias", "d_peepholes"):
                np.testing.assert_allclose(one, alone_back[name], rtol=1e-4, atol=1e-3)
            else:
                np.testing.assert_array_equal(one, alone_back[name])


def test_nothing_happens_without_steps(library):
    rng = np.random.default_rng(0)
    problem = random_problem(rng, "lstm", (0, 3, 5))
    upstream = random_upstream(rng, problem)
    outputs, carries, kept = library.forward(problem)
    np.testing.assert_array_equal(
        library.forward(problem, save=False)[1], problem.first_carry
    )
    gradients = library.backward(problem, outputs, carries, kept, upstream)
    np.testing.assert_array_equal(gradients["d_first_output"], upstream.last_output)
    np.testing.assert_array_equal(gradients["d_first_carry"], upstream.last_carry)
    assert not gradients["d_bias"].any() and not gradients["d_peepholes"].any()
