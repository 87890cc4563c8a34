"""The native loops on bfloat16: how they round, and how well, on each instruction set.

What they read is exact in float64, where the expected numbers are computed.
"""

import ml_dtypes
import numpy as np
import pytest
from ml_dtypes import bfloat16

from tests.recurrence.native import reference
from tests.recurrence.native.problems import in_double, random_problem, random_upstream
from tests.recurrence.native.test_loops import SUMMED, compare

pytestmark = pytest.mark.once

ROUNDED = float(ml_dtypes.finfo(bfloat16).eps)
"""Twice what a number may be off by when it is rounded, relative to it."""

SHAPES = [(7, 5, 19), (2, 300, 5), (150, 3, 5), (12, 9, 64), (1, 1, 1)]
"""Steps, batch and units: odd ones, several chunks, more rows than a chunk has."""


def problem_in_bfloat16(rng, unit, shape, **options):
    return random_problem(rng, unit, shape, dtype=bfloat16, **options)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("unit", reference.UNITS)
def test_against_float64(unit, shape, library, isa):
    """Numbers are off by a few roundings of their own, and of those that go in."""
    rng = np.random.default_rng(0)
    for features, masked, dropped, extras in (
        (7, True, True, True),
        (4, False, False, True),
        (5, False, False, False),
    ):
        options = {"masked": masked, "dropped": dropped, "extras": extras}
        problem = problem_in_bfloat16(
            rng, unit, shape, features=features, scale=0.5, **options
        )
        upstream = random_upstream(rng, problem)
        compare(problem, upstream, library, threads=2, rtol=4 * ROUNDED)


@pytest.mark.parametrize("unit", reference.UNITS)
def test_nothing_is_left_of_calls_before(unit, library, isa):
    """Beside an odd number stands one that counts for nothing, whatever it was."""
    rng = np.random.default_rng(0)
    for size in (5, 16, 33):
        before = problem_in_bfloat16(rng, unit, (4, 3, size), features=5)
        before.inputs.fill(np.nan)
        problem = problem_in_bfloat16(rng, unit, (3, 3, size), features=5, extras=False)
        upstream = random_upstream(rng, problem)
        for _ in range(3):
            spoilt = library.forward(before)
            library.backward(before, spoilt, random_upstream(rng, before))
            compare(problem, upstream, library, threads=1, rtol=4 * ROUNDED)


def all_pairs(rng):
    """Numbers of all sizes, ties and their neighbours, and what is no number."""
    bits = rng.integers(0, 2**16, (2, 40, 37)).astype(np.uint16)
    odd = np.array([0, 1, 0x7F, 0x80, 0x7F7F, 0x7F80, 0x7F81, 0x7FFF, 0x3F80], "uint16")
    bits[:, 0, :9] = odd
    bits[:, 1, :9] = odd, odd + 0x8000
    # One, and about half of its last digit, above and below.
    bits[0, 2:4] = np.array([[0x3F80], [0x3F81]])
    bits[1, 2:4] = 0x3B80 + np.arange(-18, 19)
    # The greatest number, and what it takes to leave it behind.
    bits[0, 4] = 0x7F7F
    bits[1, 4] = 0x7B00 + np.arange(-18, 19)
    return bits.view(bfloat16)


def test_sums_are_rounded_to_the_nearest_number(library, isa):
    """A skipped step passes the sum of two gradients on, which shows the rounding."""
    rng = np.random.default_rng(0)
    first, second = all_pairs(rng)
    steps, (batch, units) = 1, first.shape
    problem = problem_in_bfloat16(rng, "lstm", (steps, batch, units), masked=True)
    problem.valid.fill(0)
    upstream = random_upstream(rng, problem)._replace(
        outputs=first[:, None], last_output=second, last_carry=first
    )
    gradients = library.backward(problem, library.forward(problem), upstream)
    with np.errstate(all="ignore"):
        expected = (first.astype("float32") + second.astype("float32")).astype(bfloat16)
    same_but_for_the_smallest(gradients["d_first_output"], expected)
    same_but_for_the_smallest(gradients["d_first_carry"], first)


def same_but_for_the_smallest(found, expected):
    """The same bits; the loops take for zero what is too small for full precision."""
    size, found_size = (np.abs(x.astype("float32")) for x in (expected, found))
    np.testing.assert_array_equal(np.isnan(found_size), np.isnan(size))
    # Two of them may add up to a number of full precision.
    small = size < 2 * float(ml_dtypes.finfo(bfloat16).tiny)
    assert np.all(found_size[small] <= size[small])
    large = ~small & ~np.isnan(size)
    np.testing.assert_array_equal(
        found[large].view(np.uint16), expected[large].view(np.uint16)
    )


def test_states_pass_as_they_are(library, isa):
    first, second = all_pairs(np.random.default_rng(0))
    problem = problem_in_bfloat16(np.random.default_rng(0), "lstm", (0, *first.shape))
    problem = problem._replace(first_output=first, first_carry=second)
    states = library.forward(problem)
    same_but_for_the_smallest(states.last_output, first)
    same_but_for_the_smallest(states.last_carry, second)


@pytest.mark.parametrize("unit", reference.UNITS[:3])
def test_states_between_steps_are_not_rounded(unit, library, isa):
    """A state that moves by less than it is rounded by moves all the same."""
    steps = 200
    rng = np.random.default_rng(0)
    problem = problem_in_bfloat16(rng, unit, (steps, 3, 17), extras=False)
    problem.recurrent_kernel.fill(0)
    # Gates that let the state come near the candidate by a thousandth in each step.
    problem = problem._replace(inputs=np.ones_like(problem.inputs))
    problem.kernel.fill(0)
    problem.first_output.fill(0)
    blocks = np.split(problem.kernel[0], reference.BLOCKS[unit])
    if unit in reference.LSTMS:
        problem.first_carry.fill(0)
        blocks[0].fill(-6.9)
        blocks[1].fill(20)
        blocks[2].fill(3)
    else:
        blocks[0].fill(6.9)
        blocks[2].fill(3)
    found = library.forward(problem)
    expected = reference.forward(in_double(problem))
    np.testing.assert_allclose(
        found.outputs.astype(float), expected.outputs, rtol=ROUNDED
    )


@pytest.mark.parametrize("unit", reference.UNITS)
def test_long_sums_keep_their_digits(unit, library, isa):
    """Summed in bfloat16 they would end where a term is less than a rounding."""
    rng = np.random.default_rng(0)
    problem = problem_in_bfloat16(rng, unit, (3000, 2, 3), scale=0.3)
    upstream = random_upstream(rng, problem)
    states = library.forward(problem)
    gradients = library.backward(problem, states, upstream)
    expected = reference.backward(
        in_double(problem), in_double(states), in_double(upstream)
    )
    for name in set(SUMMED) & set(gradients):
        tolerance = ROUNDED * np.sqrt(problem.steps)
        np.testing.assert_allclose(
            gradients[name].astype(float), expected[name], rtol=ROUNDED, atol=tolerance
        )


def test_threads_change_nothing_but_the_order_of_sums(library, isa):
    rng = np.random.default_rng(0)
    problem = problem_in_bfloat16(rng, "lstm", (40, 37, 70), masked=True, dropped=True)
    upstream = random_upstream(rng, problem)
    alone = library.forward(problem)
    alone_back = library.backward(problem, alone, upstream)
    for threads in (2, 3, 5):
        for one, other in zip(library.forward(problem, threads), alone, strict=True):
            np.testing.assert_array_equal(one, other)
        for name, one in library.backward(problem, alone, upstream, threads).items():
            if name not in SUMMED:
                np.testing.assert_array_equal(one, alone_back[name])
                continue
            scale = np.abs(alone_back[name].astype(float)).max()
            np.testing.assert_allclose(
                one.astype(float),
                alone_back[name].astype(float),
                rtol=ROUNDED,
                atol=1e-4 * scale,
            )


@pytest.mark.parametrize("unit", reference.UNITS)
def test_a_skipped_step_is_blind(unit, library, isa):
    rng = np.random.default_rng(0)
    problem = problem_in_bfloat16(rng, unit, (6, 5, 21), masked=True)
    upstream = random_upstream(rng, problem)
    hidden = problem.inputs.copy()
    hidden[problem.valid == 0] = np.nan
    blind = problem._replace(inputs=hidden)
    found = library.forward(problem)
    for one, other in zip(found, library.forward(blind), strict=True):
        np.testing.assert_array_equal(one, other)
    expected = library.backward(problem, found, upstream)
    for name, one in library.backward(blind, found, upstream).items():
        np.testing.assert_array_equal(one, expected[name], err_msg=name)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("unit", reference.UNITS)
def test_what_is_no_number_spreads_as_in_the_equations(unit, value, library, isa):
    rng = np.random.default_rng(0)
    problem = problem_in_bfloat16(rng, unit, (6, 11, 21), dropped=True)
    problem.inputs[5, 2, 1] = value
    problem.first_output[3, 20] = value
    with np.errstate(invalid="ignore"):
        expected = reference.forward(in_double(problem))
    for one, other in zip(library.forward(problem, threads=2), expected, strict=True):
        if other is not None:
            found = one.astype(float)
            np.testing.assert_array_equal(np.isnan(found), np.isnan(other))
            np.testing.assert_array_equal(np.isfinite(found), np.isfinite(other))


def test_error_is_not_above_that_of_pytorch(library, isa):
    """Of `torch.nn.LSTM` in bfloat16, with the same weights; error against float64.

    The errors of a few sums are a matter of luck: those of all gradients count.
    """
    torch = pytest.importorskip("torch")
    squares = {"outputs": np.zeros(2), "gradients": np.zeros(2)}
    for seed in range(3):
        rng = np.random.default_rng(seed)
        problem = problem_in_bfloat16(rng, "lstm", (60, 16, 48), features=24)
        problem = problem._replace(peepholes=None)
        upstream = random_upstream(rng, problem, last=False)
        exact = reference.forward(in_double(problem))
        expected = reference.backward(in_double(problem), exact, in_double(upstream))
        expected["outputs"] = exact.outputs
        states = library.forward(problem)
        ours = library.backward(problem, states, upstream)
        ours["outputs"] = states.outputs
        for name, theirs in of_torch(torch, problem, upstream).items():
            errors = [
                one.astype(float) - expected[name] for one in (ours[name], theirs)
            ]
            squares["outputs" if name == "outputs" else "gradients"] += [
                np.sum(error**2) / np.sum(expected[name] ** 2) for error in errors
            ]
    for name, (own, other) in squares.items():
        assert own <= other, name


def of_torch(torch, problem, upstream):
    """The outputs of `torch.nn.LSTM` and its gradients, by our names."""

    def tensor(array):
        return torch.tensor(array.astype("float32"), dtype=torch.bfloat16)

    units = problem.first_output.shape[1]
    layer = torch.nn.LSTM(problem.inputs.shape[-1], units, batch_first=True)
    layer = layer.to(torch.bfloat16)
    given = {
        "weight_ih_l0": problem.kernel.T,
        "weight_hh_l0": problem.recurrent_kernel.T,
        "bias_ih_l0": problem.bias,
        "bias_hh_l0": 0 * problem.bias,
    }
    layer.load_state_dict({name: tensor(value) for name, value in given.items()})
    inputs = tensor(problem.inputs).requires_grad_()
    states = [tensor(x)[None] for x in (problem.first_output, problem.first_carry)]
    outputs, _ = layer(inputs, tuple(states))
    outputs.backward(tensor(upstream.outputs))
    found = {
        "outputs": outputs.detach(),
        "d_inputs": inputs.grad,
        "d_kernel": layer.weight_ih_l0.grad.T,
        "d_recurrent_kernel": layer.weight_hh_l0.grad.T,
        "d_bias": layer.bias_ih_l0.grad,
    }
    return {name: value.float().numpy() for name, value in found.items()}
