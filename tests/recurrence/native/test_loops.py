"""The native loops against those in NumPy's float64, on every instruction set."""

import numpy as np
import pytest

from tests.recurrence.native import reference
from tests.recurrence.native.problems import in_double, random_problem, random_upstream

pytestmark = pytest.mark.once
CASES_OF_UNIT = dict.fromkeys(reference.UNITS, 8)
CASES_OF_UNIT |= dict.fromkeys(("lstm", *reference.OTHERS, "mut1", "mut3"), 24)
"""Variants whose products are those of another unit share all but their steps."""

SUMMED = (
    "d_kernel",
    "d_bias",
    "d_recurrent_kernel",
    "d_recurrent_bias",
    "d_peepholes",
)
"""What is summed over steps and sequences."""


def compare(problem, upstream, library, threads, rtol=2e-5):
    """Forward and backward, the latter from what the former kept."""
    expected = reference.forward(in_double(problem))
    found = library.forward(problem, threads)
    for one, other in zip(in_double(found), expected, strict=True):
        if other is not None:
            np.testing.assert_allclose(one, other, rtol=rtol, atol=rtol)
    gradients = library.backward(problem, found, upstream, threads)
    expected = reference.backward(
        in_double(problem), in_double(found), in_double(upstream)
    )
    for name, one in gradients.items():
        # Gradients may grow on their way, and sums cancel.
        scale = max(1, np.abs(expected[name]).max(initial=0))
        if name in SUMMED:
            scale = max(scale, np.sqrt(problem.steps))
        np.testing.assert_allclose(
            one.astype(float), expected[name], rtol, rtol * scale, err_msg=name
        )


@pytest.mark.parametrize("unit", reference.UNITS)
def test_random_design(unit, library, isa):
    rng = np.random.default_rng(reference.UNITS.index(unit))
    for _ in range(CASES_OF_UNIT[unit]):
        shape = rng.integers(1, 71, 3)
        shape[0] = rng.integers(1, 71 if shape[1:].prod() < 500 else 12)
        extras, masked, dropped = rng.random(3) < 0.5
        options = {"extras": extras, "masked": masked, "dropped": dropped}
        features = int(rng.integers(1, 71))
        problem = random_problem(rng, unit, shape, features=features, **options)
        upstream = random_upstream(rng, problem, last=rng.random() < 0.5)
        compare(problem, upstream, library, threads=int(rng.choice([1, 2, 3, 5])))


@pytest.mark.parametrize("unit", reference.UNITS)
def test_chunks_of_steps(unit, library, isa):
    """More rows than a chunk has, and so many steps that there are several."""
    rng = np.random.default_rng(0)
    for shape in ((2, 300, 5), (150, 3, 5)):
        problem = random_problem(rng, unit, shape, features=7, masked=True)
        compare(problem, random_upstream(rng, problem), library, threads=1)


@pytest.mark.parametrize("unit", reference.UNITS)
def test_inputs_of_which_few_are_not_zero(unit, library, isa):
    """They are looked up, as those of symbols; in a chunk with one of many none is."""
    rng = np.random.default_rng(0)
    for shape, extras in (((30, 20, 9), True), ((9, 3, 33), False)):
        problem = random_problem(
            *(rng, unit, shape),
            features=41,
            extras=extras,
            masked=True,
            dropped=extras,
        )
        order = rng.random(problem.inputs.shape).argsort(axis=-1)
        kept = order < rng.integers(0, 6, (*problem.inputs.shape[:2], 1))
        few = np.where(kept, problem.inputs, 0).astype(np.float32)
        # What is skipped is not looked at.
        few[problem.valid == 0] = np.nan
        for many in (False, True):
            problem = problem._replace(inputs=few.copy())
            if many:
                problem.inputs[-1, -1] = 1
            upstream = random_upstream(rng, problem)
            without_nan = problem._replace(inputs=np.nan_to_num(problem.inputs))
            compare(without_nan, upstream, library, threads=2)
            for one, other in zip(
                library.forward(problem), library.forward(without_nan), strict=True
            ):
                np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("unit", reference.UNITS)
def test_without_keeping_anything(unit, library, isa):
    problem = random_problem(np.random.default_rng(0), unit, (7, 5, 19), masked=True)
    saved, quick = library.forward(problem), library.forward(problem, save=False)
    for name in ("outputs", "last_output", "last_carry"):
        np.testing.assert_array_equal(getattr(saved, name), getattr(quick, name))


@pytest.mark.parametrize("unit", reference.UNITS)
def test_without_gradients_of_the_inputs(unit, library, isa):
    rng = np.random.default_rng(0)
    problem = random_problem(rng, unit, (7, 5, 19), masked=True)
    states, upstream = library.forward(problem), random_upstream(rng, problem)
    everything = library.backward(problem, states, upstream)
    found = library.backward(problem, states, upstream, to_inputs=False)
    assert set(everything) - set(found) == {"d_inputs"}
    for name, gradient in found.items():
        np.testing.assert_array_equal(gradient, everything[name])


@pytest.mark.parametrize("unit", reference.UNITS)
def test_saturated_gates(unit, library, isa):
    problem = random_problem(np.random.default_rng(0), unit, (6, 5, 19), scale=60)
    expected = reference.forward(in_double(problem))
    for one, other in zip(library.forward(problem), expected, strict=True):
        if other is not None:
            # A sum of hundreds in float32 is known to a few hundred-thousandths.
            np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-3)


def activation_problem(unit, x):
    """One whose gates are the activations of `x`, `(steps, units of all gates)`."""
    steps, width = x.shape
    units = width // reference.BLOCKS[unit]
    problem = random_problem(
        np.random.default_rng(0), unit, (steps, 1, units), features=width, extras=False
    )
    problem.recurrent_kernel.fill(0)
    return problem._replace(inputs=x[None], kernel=np.eye(width, dtype=np.float32))


@pytest.mark.parametrize("value", [0.0, 1e-40, -1e-40, 20, -20, 90, -90, 1e30])
def test_activations_at_their_ends(value, library, isa):
    x = np.full((1, 17), value, np.float32)
    outputs = library.forward(activation_problem("simple_rnn", x)).outputs
    np.testing.assert_allclose(
        outputs, np.tanh(np.float32(value)), rtol=2e-7, atol=1e-39
    )
    if value in (0, 90, -90, 1e30):
        np.testing.assert_array_equal(outputs, np.tanh(np.float32(value)))


def test_activations_are_exact_to_units_in_the_last_place(library, isa):
    x = np.random.default_rng(0).normal(size=(2000, 15)).astype(np.float32)
    x *= 10.0 ** np.random.default_rng(1).uniform(-6, 1.5, x.shape).astype(np.float32)
    # Below, the logistic function has not all its digits in float32.
    x = np.maximum(x, -80)
    outputs = library.forward(activation_problem("simple_rnn", x)).outputs
    assert in_last_places(outputs[0], np.tanh(x.astype(float))) <= 3

    kept = library.forward(activation_problem("gru_reset_before", x)).kept
    expected = reference.sigmoid(x[:, :10].astype(float))
    assert in_last_places(kept[:, 0, :10], expected) <= 3


def in_last_places(found, expected):
    return np.max(np.abs(found - expected) / np.spacing(expected.astype(np.float32)))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(
    ("unit", "place"),
    [
        *((unit, "inputs") for unit in reference.UNITS),
        *((unit, "first_output") for unit in reference.UNITS),
        *((unit, "first_carry") for unit in reference.LSTMS),
    ],
)
def test_what_is_no_number_spreads_as_in_the_equations(
    unit, place, value, library, isa
):
    rng = np.random.default_rng(0)
    problem = random_problem(rng, unit, (6, 11, 21), masked=True, dropped=True)
    upstream = random_upstream(rng, problem)
    values = getattr(problem, place)
    values[(5, 2, 1) if place == "inputs" else (5, 3)] = value
    problem.valid[5, 2] = 1
    with np.errstate(invalid="ignore"):
        expected = reference.forward(in_double(problem))
        found = library.forward(problem, threads=2)
        for one, other in zip(found, expected, strict=True):
            if other is not None:
                same_numbers(one, other)
        expected = reference.backward(
            in_double(problem), in_double(found), in_double(upstream)
        )
    gradients = library.backward(problem, found, upstream, threads=2)
    for name in set(gradients) - set(SUMMED):
        same_numbers(gradients[name], expected[name], rtol=1e-3)


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
    hidden = problem.inputs.copy()
    hidden[problem.valid == 0] = np.nan
    problem_with_them = problem._replace(inputs=hidden)
    found, blind = library.forward(problem), library.forward(problem_with_them)
    for one, other in zip(found, blind, strict=True):
        np.testing.assert_array_equal(one, other)
    expected = library.backward(problem, found, upstream)
    for name, one in library.backward(problem_with_them, blind, upstream).items():
        np.testing.assert_array_equal(one, expected[name], err_msg=name)
    assert np.all(expected["d_inputs"][problem.valid == 0] == 0)


@pytest.mark.parametrize("unit", reference.UNITS)
def test_long_sums_keep_their_digits(unit, library):
    rng = np.random.default_rng(0)
    problem = random_problem(rng, unit, (5000, 2, 3), scale=0.3)
    compare(problem, random_upstream(rng, problem), library, threads=1)


@pytest.mark.parametrize("unit", reference.UNITS)
def test_gradients_that_vanish(unit, library, isa):
    problem = random_problem(np.random.default_rng(0), unit, (70, 4, 9), scale=1e-3)
    upstream = random_upstream(np.random.default_rng(0), problem)
    upstream.outputs[:, :-1] = 0
    compare(problem, upstream, library, threads=1)


def test_threads_change_nothing_but_the_order_of_sums(library, isa):
    rng = np.random.default_rng(0)
    # Large enough for as many threads.
    problem = random_problem(rng, "lstm", (40, 37, 70), masked=True, dropped=True)
    upstream = random_upstream(rng, problem)
    alone = library.forward(problem)
    alone_back = library.backward(problem, alone, upstream)
    for threads in (2, 3, 5, 100):
        for one, other in zip(library.forward(problem, threads), alone, strict=True):
            np.testing.assert_array_equal(one, other)
        first, second = (
            library.backward(problem, alone, upstream, threads) for _ in range(2)
        )
        for name, one in first.items():
            np.testing.assert_array_equal(one, second[name])
            if name in SUMMED:
                np.testing.assert_allclose(one, alone_back[name], rtol=1e-4, atol=1e-3)
            else:
                np.testing.assert_array_equal(one, alone_back[name])


def test_nothing_happens_without_steps(library):
    rng = np.random.default_rng(0)
    problem = random_problem(rng, "lstm", (0, 3, 5))
    upstream = random_upstream(rng, problem)
    for save in (True, False):
        states = library.forward(problem, save=save)
        np.testing.assert_array_equal(states.last_output, problem.first_output)
        np.testing.assert_array_equal(states.last_carry, problem.first_carry)
    gradients = library.backward(problem, library.forward(problem), upstream)
    np.testing.assert_array_equal(gradients["d_first_output"], upstream.last_output)
    np.testing.assert_array_equal(gradients["d_first_carry"], upstream.last_carry)
    assert not any(gradients[name].any() for name in SUMMED if name in gradients)
