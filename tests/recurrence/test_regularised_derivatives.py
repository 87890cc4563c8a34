"""The derivatives by hand under zoneout and all forms of recurrent dropout."""

import keras
import numpy as np
import pytest

from tests.gradients import value_and_gradients
from tests.units import (
    GRU_AFTER,
    GRU_BEFORE,
    PEEPHOLE_LSTM,
    TANH,
    own_tanh,
    randomise,
    weights_of,
)

BATCH, TIME, FEATURES, SIZE = 3, 5, 2, 4
MASK = np.array([[1, 1, 0, 1, 1], [0, 1, 1, 1, 0], [1, 1, 1, 0, 0]], bool)

ZONEOUT = {"zoneout": 0.4}
SEMENIUTA = {"recurrent_dropout": 0.5, "recurrent_dropout_form": "semeniuta"}
MOON = {"recurrent_dropout": 0.5, "recurrent_dropout_form": "moon"}

CASES = {
    "lstm, zoneout and semeniuta": (
        PEEPHOLE_LSTM,
        {"zoneout": (0.3, 0.6), **SEMENIUTA},
    ),
    "lstm, moon": (PEEPHOLE_LSTM, MOON),
    "gru, zoneout and semeniuta": (GRU_BEFORE, {**ZONEOUT, **SEMENIUTA}),
    "gru reset after, semeniuta": (GRU_AFTER, SEMENIUTA),
    "tanh, zoneout and gal": (TANH, {**ZONEOUT, "recurrent_dropout": 0.5}),
}


def outcome(unit, arguments, mask, training):
    """A sum over the results of a layer, and its gradients to all that it reads."""
    rng = np.random.default_rng(0)
    layer = unit.make(
        SIZE, seed=3, return_sequences=True, return_state=True, **arguments
    )
    randomise(layer, FEATURES)
    shapes = [(BATCH, TIME, SIZE)] + [(BATCH, SIZE)] * unit.states
    upstream = [rng.normal(size=shape) for shape in shapes]
    given = [rng.normal(size=(BATCH, TIME, FEATURES))]
    given += [rng.normal(size=(BATCH, SIZE)) for _ in range(unit.states)]

    def total(x, *rest):
        states, values = rest[: unit.states], rest[unit.states :]
        pairs = zip(layer.trainable_variables, values, strict=True)
        with keras.StatelessScope(list(pairs)):
            results = layer(x, initial_state=list(states), mask=mask, training=training)
        products = map(keras.ops.multiply, results, upstream)
        return sum(map(keras.ops.sum, products))

    return layer.recurrence, value_and_gradients(total, *given, *weights_of(layer))


def compare(unit, arguments, mask=None, training=True, **fast):
    """With one seed both loops draw the same."""
    path, (value, found) = outcome(unit, {**arguments, **fast}, mask, training)
    generic, (expected, gradients) = outcome(
        unit, {**arguments, "activation": own_tanh}, mask, training
    )
    assert (path.name, generic.name) == ("hand-written", "generic")
    np.testing.assert_allclose(value, expected, rtol=1e-9)
    for one, other in zip(found, gradients, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("case", CASES)
def test_by_hand_as_by_the_backend(case, float64):
    unit, arguments = CASES[case]
    compare(unit, arguments, mask=MASK)


def test_through_the_expectation(float64):
    """The tanh unit's derivative reads its output, here the one before the mixture."""
    compare(TANH, ZONEOUT, training=False)


def test_segments_carry_their_masks(float64):
    compare(GRU_BEFORE, {**ZONEOUT, **SEMENIUTA}, checkpoint_steps=2)


REASONS = [
    (ZONEOUT, "lack zoneout"),
    (SEMENIUTA, "lack recurrent_dropout_form='semeniuta'"),
    ({"recurrent_dropout": 0.5}, ""),
]


@pytest.mark.parametrize(("arguments", "reason"), REASONS)
def test_the_path_says_what_keeps_pytorch_from_working_in_place(
    backend, arguments, reason
):
    path = GRU_BEFORE.make(SIZE, **arguments).recurrence
    assert path.is_hand_written
    assert reason in path.reason or backend != "torch"
    assert ("in place" in path.reason) == (backend == "torch" and bool(reason))


def test_the_path_looks_inside_zoneout():
    path = GRU_BEFORE.make(SIZE, activation="relu", zoneout=0.5).recurrence
    assert path.name == "generic"
    assert "activation='relu' is not 'tanh'" in path.reason
