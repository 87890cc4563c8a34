"""Gradients to the states, against derivatives that no backend has found."""

import keras
import numpy as np
import pytest

from keras_gated import analysis
from keras_gated.layers import GRU, PeepholeLSTM
from keras_gated.losses import BernoulliNLL
from keras_gated.recurrence import Observer
from tests import reference
from tests.tiers import exhaustive_elsewhere
from tests.units import normal, randomise, weights_of

BATCH, TIME, FEATURES, SIZE = 3, 5, 2, 4
HOLES = np.array([[0, 1, 1, 0, 1], [1, 0, 0, 1, 1], [1, 1, 1, 0, 0]], bool)


def squared_error(targets, outputs):
    return keras.ops.sum(keras.ops.square(outputs - targets), axis=-1)


@pytest.mark.parametrize(
    ("masked", "states"),
    [(True, "all"), pytest.param(False, "output", marks=pytest.mark.exhaustive)],
)
def test_against_the_equations(unit, masked, states, float64):
    """Complex steps in NumPy, backwards with masks to have all at once."""
    mask = HOLES if masked else None
    layer = randomise(unit.make(SIZE, go_backwards=masked, name="layer"), FEATURES)
    x = normal(BATCH, TIME, FEATURES).astype("float64")
    targets = normal(BATCH, SIZE, seed=5).astype("float64")
    inputs = keras.Input((TIME, FEATURES))
    mask_input = keras.Input((TIME,), dtype="bool")
    outputs = layer(inputs, mask=mask_input if masked else None)
    model = keras.Model([inputs, mask_input] if masked else [inputs], outputs)
    found = analysis.gradient_norms(
        model, [x, mask] if masked else [x], targets, squared_error, None, 2, states
    )["layer"]
    names = reference.STATES[: unit.states if states == "all" else 1]

    def loss(*moves):
        before = (np.zeros((BATCH, SIZE)),) * unit.states
        moved = dict(zip(names, moves, strict=True))
        seen = reference.observe(
            unit.gates, x, before, weights_of(layer), mask, masked, moved
        )["output"]
        return np.sum((seen[:, 0 if masked else -1] - targets) ** 2)

    gradients = reference.complex_step_gradient(
        loss, [np.zeros((BATCH, TIME, SIZE)) for _ in names]
    )
    expected = np.linalg.norm(np.concatenate(gradients, axis=-1), axis=-1)
    assert found.dtype == "float64"
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


@pytest.fixture
def stacked():
    """Two layers; one of Keras would compute doubles in single precision on PyTorch."""
    return keras.Sequential(
        [
            keras.Input((None, FEATURES)),
            PeepholeLSTM(SIZE, return_sequences=True, name="low"),
            GRU(1, return_sequences=True, name="high"),
        ]
    )


@pytest.mark.parametrize("step", [-1, np.array([4, -3, 0])], ids=["last", "own"])
def test_through_the_layers_above(float64, stacked, step):
    low, high = stacked.layers
    randomise(low, FEATURES)
    randomise(high, SIZE, seed=8)
    x = normal(BATCH, TIME, FEATURES).astype("float64")
    y = normal(BATCH, TIME, 1, seed=4).astype("float64")
    found = analysis.gradient_norms(stacked, x, y, "mse", step, batch_size=2)
    assert list(found) == ["low", "high"]

    def loss(of_low, of_high):
        first = reference.observe(
            reference.lstm_gates,
            x,
            (np.zeros((BATCH, SIZE)),) * 2,
            weights_of(low),
            moves={"output": of_low},
        )["output"]
        second = reference.observe(
            reference.gru_gates,
            first,
            (np.zeros((BATCH, 1)),),
            weights_of(high),
            moves={"output": of_high},
        )["output"]
        return np.sum(((second - y) ** 2)[np.arange(BATCH), step])

    gradients = reference.complex_step_gradient(
        loss, [np.zeros((BATCH, TIME, size)) for size in (SIZE, 1)]
    )
    for norms, gradient in zip(found.values(), gradients, strict=True):
        np.testing.assert_allclose(
            norms, np.linalg.norm(gradient, axis=-1), rtol=1e-9, atol=1e-12
        )


@exhaustive_elsewhere
def test_loss_objects_are_summed(stacked):
    x, y = normal(BATCH, TIME, FEATURES), np.ones((BATCH, TIME, 1), "float32")
    found, expected = (
        analysis.gradient_norms(stacked, x, y, loss)["high"]
        for loss in (
            BernoulliNLL(),
            lambda y, logits: keras.ops.softplus(-logits),
        )
    )
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_squares_may_leave_the_range_of_floats(stacked):
    x, y = normal(BATCH, TIME, FEATURES), normal(BATCH, TIME, 1)
    expected, small, large = (
        analysis.gradient_norms(
            stacked, x, y, lambda y, found, scale=scale: scale * (found - y)
        )["high"]
        for scale in (1, 2.0**-90, 2.0**90)
    )
    assert expected.dtype == "float32"
    np.testing.assert_allclose(small, expected * 2.0**-90, rtol=1e-5)
    np.testing.assert_allclose(large, expected * 2.0**90, rtol=1e-5)


@pytest.mark.parametrize(
    ("step", "shape", "message"),
    [
        (TIME, (BATCH, TIME, 1), "between -5 and 4.*step=5"),
        (-TIME - 1, (BATCH, TIME, 1), "step=-6"),
        (1.5, (BATCH, TIME, 1), "integer.*1.5"),
        ([1, 2], (BATCH, TIME, 1), "3 integers"),
        (-1, (BATCH,), r"\(3,\).*step=None"),
        (-1, (BATCH + 1, TIME, 1), "same number of sequences"),
    ],
)
def test_steps_and_targets_must_fit(stacked, step, shape, message):
    x = normal(BATCH, TIME, FEATURES)
    with pytest.raises(ValueError, match=message):
        analysis.gradient_norms(stacked, x, np.ones(shape), "mse", step)


def test_the_model_must_have_one_recurrent_output_of_the_time_of_the_targets(stacked):
    x, y = normal(BATCH, TIME, FEATURES), np.ones((BATCH, TIME, 1))
    last = keras.Sequential([keras.Input((None, FEATURES)), GRU(SIZE)])
    with pytest.raises(ValueError, match="step=None"):
        analysis.gradient_norms(last, x, y, "mse")
    without = keras.Sequential([keras.Input((None, FEATURES)), keras.layers.Dense(1)])
    with pytest.raises(ValueError, match="no recurrent layer"):
        analysis.gradient_norms(without, x, y, "mse")
    two = keras.Model(stacked.inputs, 2 * stacked.outputs)
    with pytest.raises(ValueError, match=r"one output.*(list|tuple)"):
        analysis.gradient_norms(two, x, y, "mse")
    with pytest.raises(ValueError, match="loss=None"):
        analysis.gradient_norms(stacked, x, y, None)


def test_there_are_outputs_and_all_states(stacked):
    x, y = normal(BATCH, TIME, FEATURES), np.ones((BATCH, TIME, 1))
    with pytest.raises(ValueError, match=r"'output' or 'all'.*'carry'"):
        analysis.gradient_norms(stacked, x, y, "mse", states="carry")
    with Observer({"high": {"carry": y}}), pytest.raises(ValueError, match="'carry'"):
        stacked(x)
