"""Outputs, states and every gradient against the units written out in NumPy."""

import keras
import numpy as np
import pytest

from tests import reference
from tests.gradients import gradients
from tests.units import UNITS, randomise, weights_of

BATCH, TIME, FEATURES, SIZE = 3, 5, 2, 4

MASKS = {
    "no mask": None,
    "right padding": np.arange(TIME) < np.array([[5], [3], [1]]),
    "holes and an empty row": np.array(
        [[0, 1, 1, 0, 1], [1, 0, 0, 1, 1], [0, 0, 0, 0, 0]], bool
    ),
}


def make_inputs(unit):
    rng = np.random.default_rng(3)
    x = rng.normal(size=(BATCH, TIME, FEATURES))
    states = [rng.normal(size=(BATCH, SIZE)) for _ in range(unit.states)]
    return x, states


@pytest.mark.parametrize(
    ("mask", "zero_output_for_mask"),
    [
        pytest.param(MASKS["no mask"], False, id="no mask"),
        pytest.param(MASKS["right padding"], True, id="right padding, zeros"),
        pytest.param(MASKS["holes and an empty row"], False, id="holes"),
        pytest.param(MASKS["holes and an empty row"], True, id="holes, zeros"),
    ],
)
@pytest.mark.parametrize("go_backwards", [False, True])
@pytest.mark.parametrize("return_sequences", [False, True])
def test_outputs_and_states(
    unit, mask, zero_output_for_mask, go_backwards, return_sequences
):
    order = {
        "go_backwards": go_backwards,
        "zero_output_for_mask": zero_output_for_mask,
    }
    layer = randomise(
        unit.make(SIZE, return_state=True, return_sequences=return_sequences, **order),
        FEATURES,
    )
    x, states = make_inputs(unit)
    outputs, final_states = reference.run(
        unit.step, x, tuple(states), weights_of(layer), mask=mask, **order
    )
    found, *found_states = (
        keras.ops.convert_to_numpy(tensor)
        for tensor in layer(
            x.astype("float32"),
            initial_state=[s.astype("float32") for s in states],
            mask=mask,
        )
    )
    expected = outputs if return_sequences else outputs[:, -1]
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    assert len(found_states) == unit.states
    for one, other in zip(found_states, final_states, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS.keys())
@pytest.mark.parametrize("go_backwards", [False, True])
def test_all_gradients_in_double_precision(unit, mask, go_backwards, float64):
    layer = randomise(
        unit.make(
            SIZE, return_sequences=True, return_state=True, go_backwards=go_backwards
        ),
        FEATURES,
    )
    x, states = make_inputs(unit)
    rng = np.random.default_rng(5)
    on_outputs = rng.normal(size=(BATCH, TIME, SIZE))
    on_states = [rng.normal(size=(BATCH, SIZE)) for _ in states]

    def expected_loss(x, *rest):
        outputs, final_states = reference.run(
            unit.step,
            x,
            rest[: unit.states],
            rest[unit.states :],
            mask=mask,
            go_backwards=go_backwards,
        )
        loss = np.sum(outputs * on_outputs)
        for state, weight in zip(final_states, on_states, strict=True):
            loss += np.sum(state * weight)
        return loss

    expected = reference.complex_step_gradient(
        expected_loss, [x, *states, *weights_of(layer)]
    )
    x_variable = keras.Variable(x, dtype="float64")
    state_variables = [keras.Variable(s, dtype="float64") for s in states]

    def loss():
        outputs, *final_states = layer(
            keras.ops.convert_to_tensor(x_variable),
            initial_state=[keras.ops.convert_to_tensor(s) for s in state_variables],
            mask=mask,
        )
        total = keras.ops.sum(keras.ops.multiply(outputs, on_outputs))
        for state, weight in zip(final_states, on_states, strict=True):
            total = total + keras.ops.sum(keras.ops.multiply(state, weight))
        return total

    found = gradients(loss, [x_variable, *state_variables, *layer.trainable_variables])
    for one, other in zip(found, expected, strict=True):
        assert one.dtype == np.float64
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-11)


def test_garbage_in_masked_steps_changes_nothing(unit):
    layer = randomise(unit.make(SIZE, return_sequences=True), FEATURES)
    x, _ = make_inputs(unit)
    mask = MASKS["holes and an empty row"]
    dirty = np.where(mask[..., None], x, np.nan)

    def outputs_and_gradients(inputs):
        inputs = inputs.astype("float32")

        def loss():
            return keras.ops.sum(layer(inputs, mask=mask) ** 2)

        outputs = keras.ops.convert_to_numpy(layer(inputs, mask=mask))
        return outputs, gradients(loss, layer.trainable_variables)

    clean_outputs, clean_gradients = outputs_and_gradients(x)
    dirty_outputs, dirty_gradients = outputs_and_gradients(dirty)
    np.testing.assert_array_equal(dirty_outputs, clean_outputs)
    for one, other in zip(dirty_gradients, clean_gradients, strict=True):
        np.testing.assert_array_equal(one, other)


def test_output_gate_sees_the_new_cell_state_and_the_others_the_old_one():
    """With every other weight at zero only the peepholes tell the states apart."""
    unit = UNITS[0]
    layer = unit.make(1, return_state=True, unit_forget_bias=False)
    layer.build((None, None, 1))
    p_i, p_f, p_o = 0.3, -0.2, 0.9
    layer.set_weights(
        [
            np.array([[0.0, 0.0, 1.0, 0.0]]),
            np.zeros((1, 4)),
            np.zeros(4),
            np.array([[p_i], [p_f], [p_o]]),
        ]
    )
    old = 0.5
    new = reference.sigmoid(p_f * old) * old + reference.sigmoid(p_i * old) * np.tanh(2)
    output, _, cell_state = (
        keras.ops.convert_to_numpy(tensor)
        for tensor in layer(
            np.full((1, 1, 1), 2.0, "float32"),
            initial_state=[
                np.zeros((1, 1), "float32"),
                np.full((1, 1), old, "float32"),
            ],
        )
    )
    np.testing.assert_allclose(cell_state, [[new]], rtol=1e-6)
    np.testing.assert_allclose(
        output, [[reference.sigmoid(p_o * new) * np.tanh(new)]], rtol=1e-6
    )
