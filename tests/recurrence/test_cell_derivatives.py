"""All gradients of the cells of the family: by hand, by the backend, by NumPy."""

import keras
import numpy as np
import pytest

from tests import reference
from tests.cells import CELLS, HAND_WRITTEN, SIZE, each, named
from tests.gradients import value_and_gradients
from tests.tiers import exhaustive_elsewhere
from tests.units import own_tanh, randomise, weights_of

BATCH, TIME = 3, 5

HOLES = np.array([[0, 1, 1, 0, 1], [1, 0, 0, 1, 1], [0, 0, 0, 0, 0]], bool)


@pytest.fixture
def numbers(cell):
    """Inputs, initial states, and the weights of all results in their sum."""
    rng = np.random.default_rng(5)
    states = [(BATCH, SIZE)] * cell.states
    shapes = [(BATCH, TIME, cell.features), *states, (BATCH, TIME, SIZE), *states]
    arrays = [rng.normal(size=shape) for shape in shapes]
    return arrays[0], arrays[1 : 1 + cell.states], arrays[1 + cell.states :]


def outcome(layer, numbers, mask=None, training=False):
    """A sum over all results of the layer, and its gradients to all that it reads."""
    x, states, upstream = numbers

    def total(x, *rest):
        before, values = list(rest[: len(states)]), rest[len(states) :]
        pairs = zip(layer.trainable_variables, values, strict=True)
        with keras.StatelessScope(list(pairs)):
            results = layer(x, initial_state=before, mask=mask, training=training)
        return sum(
            keras.ops.sum(keras.ops.multiply(result, weight))
            for result, weight in zip(results, upstream, strict=True)
        )

    return value_and_gradients(total, x, *states, *weights_of(layer))


def make(cell, **arguments):
    return cell.make_random(return_sequences=True, return_state=True, **arguments)


def assert_same(found, expected):
    np.testing.assert_allclose(found[0], expected[0], rtol=1e-9)
    for one, other in zip(found[1], expected[1], strict=True):
        assert one.dtype == np.float64
        np.testing.assert_allclose(one, other, rtol=1e-8, atol=1e-10)


@each(CELLS)
def test_against_the_complex_step(cell, numbers, float64):
    layer = make(cell, go_backwards=True)
    x, states, upstream = numbers

    def total(x, *rest):
        before, weights = rest[: len(states)], rest[len(states) :]
        outputs, finals = reference.run(
            cell.step, x, before, weights, mask=HOLES, go_backwards=True
        )
        results = zip((outputs, *finals), upstream, strict=True)
        return sum(np.sum(result * weight) for result, weight in results)

    arguments = [x, *states, *weights_of(layer)]
    expected = total(*arguments), reference.complex_step_gradient(total, arguments)
    assert_same(outcome(layer, numbers, HOLES), expected)


@exhaustive_elsewhere
@each([cell for cell in HAND_WRITTEN if "bare" not in cell.name])
def test_by_hand_against_the_backend(cell, numbers, float64):
    """With recurrent dropout, checkpoints, and no bias."""
    arguments = {"use_bias": False, "recurrent_dropout": 0.5, "seed": 3}
    by_hand = make(cell, checkpoint_steps=2, **arguments)
    by_backend = make(cell, activation=own_tanh, **arguments)
    assert by_hand.recurrence.is_hand_written
    assert not by_backend.recurrence.is_hand_written
    assert_same(
        outcome(by_hand, numbers, HOLES, training=True),
        outcome(by_backend, numbers, HOLES, training=True),
    )


@each(named("mut1", "mut2"))
def test_more_features_than_the_loop_projects_by_the_step(cell, float64):
    """Such inputs are projected in one product before the loop."""
    rng = np.random.default_rng(2)
    shapes = [(BATCH, 3, 5 * SIZE), (BATCH, SIZE), (BATCH, 3, SIZE), (BATCH, SIZE)]
    x, state, *upstream = (rng.normal(size=shape) for shape in shapes)
    found = []
    for activation in ("tanh", own_tanh):
        layer = cell.make(
            activation=activation, return_sequences=True, return_state=True
        )
        randomise(layer, 5 * SIZE)
        found.append(outcome(layer, (x, [state], upstream)))
    assert_same(*found)
