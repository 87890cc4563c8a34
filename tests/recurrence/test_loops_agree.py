"""The hand-written loop against the generic one: outputs, states, all gradients."""

import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.gradients import outcome, value_and_gradients
from tests.units import UNITS, own_tanh, randomise, weights_of

# Compiled backends compile every shape anew.
EXAMPLES = 25 if keras.backend.backend() == "torch" else 3


@st.composite
def problems(draw):
    """Shapes, options and numbers of one comparison."""
    batch, time, features, size = (draw(st.integers(1, most)) for most in (4, 7, 9, 5))
    options = {
        "use_bias": draw(st.booleans()),
        "go_backwards": draw(st.booleans()),
        "return_sequences": draw(st.booleans()),
        "zero_output_for_mask": draw(st.booleans()),
    }
    shares = st.floats(0.2, 1)
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    mask = rng.random((batch, time)) < draw(shares) if draw(st.booleans()) else None
    return rng, (batch, time, features, size), options, mask


def compare(unit, problem, rtol, **arguments):
    rng, (batch, time, features, size), options, mask = problem
    arguments = {**options, "return_state": True, **arguments}
    fast = randomise(unit.make(size, **arguments), features)
    arguments.pop("checkpoint_steps", None)
    generic = randomise(unit.make(size, activation=own_tanh, **arguments), features)
    assert fast.recurrence.is_hand_written
    assert not generic.recurrence.is_hand_written

    dtype = keras.config.floatx()
    weights = weights_of(fast)
    x = rng.normal(size=(batch, time, features)).astype(dtype)
    states = [rng.normal(size=(batch, size)).astype(dtype) for _ in range(unit.states)]
    shape = (batch, time, size) if options["return_sequences"] else (batch, size)
    upstream = [
        rng.normal(size=s).astype(dtype)
        for s in (shape, *[(batch, size)] * unit.states)
    ]
    value, gradients = outcome(fast, x, states, weights, mask, upstream)
    expected, expected_gradients = outcome(generic, x, states, weights, mask, upstream)
    np.testing.assert_allclose(value, expected, rtol=rtol, atol=rtol)
    for one, other in zip(gradients, expected_gradients, strict=True):
        assert one.dtype == other.dtype == np.dtype(dtype)
        scale = max(1, np.max(np.abs(other)))
        np.testing.assert_allclose(one, other, rtol=rtol, atol=rtol * scale)


@pytest.mark.exhaustive
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=False,
    print_blob=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(problem=problems())
def test_any_shape_and_mask(unit, problem):
    compare(unit, problem, rtol=1e-5)


def problem_of(batch, time, features, size, mask=None, seed=0, **options):
    options = {
        "use_bias": True,
        "return_sequences": True,
        "go_backwards": False,
        "zero_output_for_mask": False,
        **options,
    }
    rng = np.random.default_rng(seed)
    return rng, (batch, time, features, size), options, mask


EDGES = {
    "one sequence": problem_of(1, 6, 2, 3),
    "one step": problem_of(3, 1, 2, 3),
    "one unit": problem_of(2, 4, 1, 1),
    "all steps masked": problem_of(2, 4, 2, 3, mask=np.zeros((2, 4), bool)),
    "many more features than units": problem_of(
        2, 4, 13, 3, mask=np.array([[1, 1, 0, 1], [0, 1, 1, 0]], bool)
    ),
}


@pytest.mark.parametrize(
    "edge",
    [
        *("all steps masked", "many more features than units"),
        *(
            pytest.param(edge, marks=pytest.mark.exhaustive)
            for edge in ("one sequence", "one step", "one unit")
        ),
    ],
)
def test_edges(unit, edge):
    compare(unit, EDGES[edge], rtol=1e-5)


SOME_STEPS = np.random.default_rng(1).random((3, 8)) < 0.7


@pytest.mark.parametrize(
    ("steps", "mask"),
    [
        (3, None),
        *(
            pytest.param(*case, marks=pytest.mark.exhaustive)
            for case in ((1, SOME_STEPS), (4, None), (20, SOME_STEPS))
        ),
    ],
)
def test_checkpoints_change_nothing(unit, steps, mask, float64):
    problem = problem_of(3, 8, 2, 4, mask=mask)
    compare(unit, problem, rtol=1e-9, checkpoint_steps=steps)


def test_checkpoints_of_an_unknown_number_of_steps(unit):
    layer = unit.make(4, return_sequences=True, checkpoint_steps=3)
    model = keras.Sequential([keras.Input((None, 2)), layer])
    plain = keras.Sequential(
        [keras.Input((None, 2)), unit.make(4, return_sequences=True)]
    )
    plain.set_weights(layer.get_weights())
    for steps in (5, 6, 9):
        x = np.random.default_rng(steps).normal(size=(2, steps, 2)).astype("float32")
        np.testing.assert_allclose(
            model.predict(x, verbose=0),
            plain.predict(x, verbose=0),
            rtol=1e-5,
            atol=1e-6,
        )
    model.compile("sgd", "mse")
    assert np.isfinite(model.train_on_batch(x, np.zeros((2, 9, 4), "float32")))


def test_recurrent_dropout_in_the_derivative(unit, float64):
    """With one seed both loops draw one mask."""
    rng = np.random.default_rng(0)
    x, upstream = rng.normal(size=(3, 5, 2)), rng.normal(size=(3, 5, 4))
    found = []
    for activation in ("tanh", own_tanh):
        layer = unit.make(
            4,
            activation=activation,
            recurrent_dropout=0.5,
            seed=3,
            return_sequences=True,
        )
        randomise(layer, 2)
        mask = np.array([[1, 1, 0, 1, 1], [0, 1, 1, 1, 0], [1, 1, 1, 0, 0]], bool)

        def total(x, *values, layer=layer, mask=mask):
            pairs = zip(layer.trainable_variables, values, strict=True)
            with keras.StatelessScope(list(pairs)):
                outputs = layer(x, training=True, mask=mask)
            return keras.ops.sum(keras.ops.multiply(outputs, upstream))

        found.append(value_and_gradients(total, x, *weights_of(layer)))
    (value, gradients), (expected, expected_gradients) = found
    np.testing.assert_allclose(value, expected, rtol=1e-9)
    for one, other in zip(gradients, expected_gradients, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-11)


def test_empty_batch(unit):
    layer = randomise(unit.make(4, return_sequences=True), 2)
    for given_mask in (None, np.zeros((0, 3), bool)):
        x = keras.ops.zeros((0, 3, 2))
        assert tuple(layer(x, mask=given_mask).shape) == (0, 3, 4)
    x, weights = np.zeros((0, 3, 2), "float32"), weights_of(layer)
    _, gradients = outcome(
        randomise(unit.make(4, return_state=True), 2),
        x,
        [np.zeros((0, 4), "float32")] * unit.states,
        weights,
        None,
        [np.zeros((0, 4), "float32")] * (1 + unit.states),
    )
    for gradient, weight in zip(gradients[1 + unit.states :], weights, strict=True):
        np.testing.assert_array_equal(gradient, np.zeros(weight.shape))
