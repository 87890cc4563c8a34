"""Layers on the C++ loops: against the generic loop, and under odd circumstances."""

import multiprocessing
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
import pytest

from keras_gated.recurrence.native.library import SWITCH
from tests.recurrence.native.expected import FLOAT32_LOOP
from tests.recurrence.test_loops_agree import outcome
from tests.units import UNITS, own_tanh, randomise, weights_of

pytestmark = pytest.mark.skipif(FLOAT32_LOOP != "native", reason="there is no compiler")

LSTM, GRU = UNITS[0], UNITS[2]


def sizes(seed):
    """Batch, time, features and units of one comparison, from 1 to 70."""
    return tuple(int(n) for n in np.random.default_rng(seed).integers(1, 71, size=4))


@pytest.mark.parametrize(
    "seed", [1, *(pytest.param(n, marks=pytest.mark.exhaustive) for n in (0, 2))]
)
def test_sizes_up_to_70(unit, seed):
    batch, time, features, size = sizes(seed)
    rng = np.random.default_rng(seed)
    mask = rng.random((batch, time)) < 0.8
    mask[0] = False
    options = {
        "go_backwards": seed == 1,
        "zero_output_for_mask": seed == 2,
        "return_sequences": True,
        "return_state": True,
    }
    x = inputs(batch, time, features, seed=seed)
    states = [inputs(batch, size, seed=n) for n in range(unit.states)]
    upstream = [inputs(batch, time, size, seed=seed), *states]
    found = []
    for activation in ("tanh", own_tanh):
        layer = unit.make(size, activation=activation, **options)
        # Small weights: large ones make many units chaotic, and rounding grows.
        randomise(layer, features, scale=0.5 / np.sqrt(size))
        weights = weights_of(layer)
        found.append(outcome(layer, x, states, weights, mask, upstream))
    (value, gradients), (expected, expected_gradients) = found
    np.testing.assert_allclose(value, expected, rtol=1e-4, atol=1e-3)
    for one, other in zip(gradients, expected_gradients, strict=True):
        scale = max(1, np.max(np.abs(other)))
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5 * scale)


@pytest.mark.parametrize("backwards", [True, False])
def test_half_precision_beside_single(unit, backwards):
    """In bfloat16 the results and gradients of the generic loop in float32, rounded."""
    batch, time, features, size = 6, 12, 5, 19
    mask = np.random.default_rng(0).random((batch, time)) < 0.8
    x = inputs(batch, time, features)
    states = [inputs(batch, size, seed=n) for n in range(unit.states)]
    upstream = [inputs(batch, time, size, seed=1), *states]
    found = []
    for arguments in ({"dtype": "mixed_bfloat16"}, {"activation": own_tanh}):
        layer = unit.make(
            size,
            go_backwards=backwards,
            return_sequences=True,
            return_state=True,
            **arguments,
        )
        randomise(layer, features, scale=0.5 / np.sqrt(size))
        found.append(outcome(layer, x, states, weights_of(layer), mask, upstream))
        assert layer.recurrence.name == ("generic" if len(found) > 1 else "native")
    (value, gradients), (expected, expected_gradients) = found
    scale = np.sqrt(sum(np.sum(one**2) for one in upstream))
    assert abs(value - expected) < 2**-8 * scale
    for one, other in zip(gradients, expected_gradients, strict=True):
        error = np.linalg.norm(one.astype(float) - other) / np.linalg.norm(other)
        assert error < 4 * 2**-8


def outputs(layer, x, **arguments):
    return keras.ops.convert_to_numpy(layer(x, **arguments))


def inputs(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_bad_numbers_spread_as_in_the_other_loop(unit, bad, monkeypatch):
    x = inputs(5, 6, 3)
    x[2, 3, 1] = bad
    layer = randomise(unit.make(4, return_sequences=True), 3)
    found = outputs(layer, x)
    monkeypatch.setenv(SWITCH, "0")
    expected = outputs(layer, x)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


def test_masked_numbers_are_never_read(unit):
    layer = randomise(unit.make(4, return_sequences=True), 3)
    x, mask = inputs(5, 6, 3), np.ones((5, 6), bool)
    mask[2, 3:] = False
    expected = outputs(layer, x, mask=mask)
    x[2, 3:] = np.nan
    np.testing.assert_array_equal(outputs(layer, x, mask=mask), expected)


def test_same_numbers_give_the_same_bits(unit):
    layer = randomise(unit.make(36, return_sequences=True), 20)
    x = inputs(16, 30, 20)
    first = outputs(layer, x)
    for _ in range(3):
        np.testing.assert_array_equal(outputs(layer, x), first)


def test_several_threads_call_at_once():
    layer = randomise(LSTM.make(8, return_sequences=True), 5)
    batches = [inputs(4, 9, 5, seed=seed) for seed in range(8)]
    expected = [outputs(layer, x) for x in batches]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda x: outputs(layer, x), batches))
    np.testing.assert_array_equal(found, expected)


def in_another_process(connection):
    layer = randomise(GRU.make(8), 5)
    connection.send((layer.recurrence.name, outputs(layer, inputs(4, 9, 5))))


def in_a_fork(connection):
    """In a fork of a process that has used them, with one thread."""
    import torch

    torch.set_num_threads(1)
    outputs(randomise(GRU.make(8), 5), inputs(4, 9, 5))
    fork = multiprocessing.get_context("fork")
    process = fork.Process(target=in_another_process, args=(connection,))
    process.start()
    process.join()


@pytest.mark.parametrize("where", [in_another_process, in_a_fork])
def test_other_processes_have_them(where, backend):
    """Of the backends only PyTorch survives a fork, with one thread in it."""
    if where is in_a_fork and backend != "torch":
        pytest.skip("the others have threads of their own, which a fork loses")
    expected = outputs(randomise(GRU.make(8), 5), inputs(4, 9, 5))
    # One without the threads that other tests have left behind.
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=where, args=(theirs,))
    process.start()
    assert ours.poll(300)
    name, found = ours.recv()
    process.join()
    assert name == "native"
    np.testing.assert_allclose(found, expected, rtol=1e-6)
