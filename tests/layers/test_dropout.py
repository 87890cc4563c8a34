"""Dropout of inputs and of the recurrent input: one mask per sequence."""

import itertools

import keras
import numpy as np
import pytest

from tests.units import GRU_BEFORE, TANH, normal, randomise, weights_of

BATCH, TIME, SIZE = 6, 5, 3
FEATURES = SIZE
RATE = 0.4


def in_our_loop(unit, **arguments):
    return unit.make(SIZE, return_sequences=True, **arguments)


def in_the_loop_of_keras(unit, **arguments):
    return keras.layers.RNN(unit.make_cell(SIZE, **arguments), return_sequences=True)


LOOPS = pytest.mark.parametrize("make", [in_our_loop, in_the_loop_of_keras])

KERNEL, RECURRENT_KERNEL = 0, 1


def masks():
    """All ways to drop some of the entries and to scale up the others."""
    keep_or_drop = (0, 1 / (1 - RATE))
    return [np.array(mask) for mask in itertools.product(keep_or_drop, repeat=SIZE)]


def explaining_masks(unit, x, found, weights, dropped):
    """The masks of one sequence under which the unit gives the outputs found.

    A mask on what enters a matrix product is one on the rows of the matrix.
    """
    explaining = []
    for mask in masks():
        masked = list(weights)
        masked[dropped] = mask[:, None] * weights[dropped]
        outputs, _ = unit.run_reference(x, masked)
        if np.allclose(outputs, found, rtol=1e-4, atol=1e-5):
            explaining.append(tuple(mask))
    return explaining


@LOOPS
@pytest.mark.parametrize(
    ("argument", "dropped"),
    [("dropout", KERNEL), ("recurrent_dropout", RECURRENT_KERNEL)],
)
def test_one_mask_explains_all_steps_and_gates(unit, make, argument, dropped):
    layer = randomise(make(unit, **{argument: RATE}), FEATURES)
    x = normal(BATCH, TIME, FEATURES)
    found = keras.ops.convert_to_numpy(layer(x, training=True))
    drawn = set()
    for row in range(BATCH):
        (mask,) = explaining_masks(
            unit, x[[row]], found[[row]], weights_of(layer), dropped
        )
        drawn.add(mask)
    assert len(drawn) > 1, "every sequence has a mask of its own"


@LOOPS
def test_inference_drops_nothing(unit, make):
    layer = randomise(make(unit, dropout=0.5, recurrent_dropout=0.5), FEATURES)
    x = normal(BATCH, TIME, FEATURES)
    expected, _ = unit.run_reference(x, weights_of(layer))
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(layer(x)), expected, rtol=1e-5, atol=2e-6
    )


def test_seed():
    def outputs(seed):
        layer = GRU_BEFORE.make(SIZE, dropout=0.5, recurrent_dropout=0.5, seed=seed)
        randomise(layer, FEATURES)
        x = normal(BATCH, TIME, FEATURES)
        calls = [layer(x, training=True) for _ in range(2)]
        return [keras.ops.convert_to_numpy(call) for call in calls]

    first, second = outputs(seed=5)
    assert np.any(first != second), "every call has masks of its own"
    np.testing.assert_array_equal([first, second], outputs(seed=5))
    assert np.any(first != outputs(seed=6)[0])


def test_the_share_that_is_dropped_and_the_expectation():
    sequences = 4000
    layer = TANH.make(SIZE, activation=None, dropout=RATE)
    layer.build((None, None, FEATURES))
    layer.set_weights([np.eye(SIZE), np.zeros((SIZE, SIZE)), np.zeros(SIZE)])
    x = np.ones((sequences, 1, FEATURES), "float32")
    found = keras.ops.convert_to_numpy(layer(x, training=True))
    standard_error = np.sqrt(RATE * (1 - RATE) / found.size)
    assert abs(np.mean(found == 0) - RATE) < 4 * standard_error
    assert abs(np.mean(found) - 1) < 4 * standard_error / (1 - RATE)


def test_recurrent_dropout_drops_the_same_units_at_every_step():
    layer = TANH.make(
        SIZE, activation=None, recurrent_dropout=0.5, return_sequences=True
    )
    layer.build((None, None, FEATURES))
    layer.set_weights([np.zeros((SIZE, SIZE)), np.eye(SIZE), np.zeros(SIZE)])
    found = keras.ops.convert_to_numpy(
        layer(
            np.zeros((BATCH, TIME, FEATURES), "float32"),
            initial_state=np.ones((BATCH, SIZE), "float32"),
            training=True,
        )
    )
    kept = found[:, 0] > 0
    powers = 2.0 ** np.arange(1, TIME + 1)
    np.testing.assert_array_equal(found, kept[:, None] * powers[:, None])
    assert 0 < np.mean(kept) < 1
