"""The cells of the family against their equations: outputs, states, gates, weights."""

import keras
import numpy as np
import pytest

from tests import reference
from tests.cells import CELLS, SIZE, each, named
from tests.units import normal, weights_of

BATCH, TIME = 3, 5

HOLES = np.array([[0, 1, 1, 0, 1], [1, 0, 0, 1, 1], [0, 0, 0, 0, 0]], bool)
PADDING = np.arange(TIME) < np.array([[5], [3], [1]])

ORDERS = {
    "padding, zeros": (PADDING, {"zero_output_for_mask": True}, True),
    "holes, backwards, last output": (HOLES, {"go_backwards": True}, False),
}


def inputs_and_states(cell):
    x = normal(BATCH, TIME, cell.features)
    return x, [normal(BATCH, SIZE, seed=seed) for seed in range(cell.states)]


def to_numpy(tensors):
    return [keras.ops.convert_to_numpy(tensor) for tensor in tensors]


@each(CELLS)
@pytest.mark.parametrize("order", ORDERS)
def test_outputs_and_states(cell, order):
    mask, arguments, all_steps = ORDERS[order]
    layer = cell.make_random(return_state=True, return_sequences=all_steps, **arguments)
    x, states = inputs_and_states(cell)
    outputs, finals = reference.run(
        cell.step, x, tuple(states), weights_of(layer), mask=mask, **arguments
    )
    found, *found_states = to_numpy(layer(x, initial_state=states, mask=mask))
    expected = outputs if all_steps else outputs[:, -1]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    assert len(found_states) == cell.states
    for one, other in zip(found_states, finals, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


@each(CELLS)
def test_outputs_in_double_precision_from_zeros(cell, float64):
    layer = cell.make_random(return_sequences=True)
    x = inputs_and_states(cell)[0].astype("float64")
    zeros = (np.zeros((BATCH, SIZE)),) * cell.states
    expected, _ = reference.run(cell.step, x, zeros, weights_of(layer))
    np.testing.assert_allclose(*to_numpy([layer(x)]), expected, rtol=1e-12, atol=1e-13)


@each(CELLS)
def test_the_cell_alone_computes_what_the_layer_does(cell):
    layer = cell.make_random(return_sequences=True)
    alone = keras.layers.RNN(cell.make().cell, return_sequences=True)
    alone = keras.layers.RNN.from_config(alone.get_config())
    x, _ = inputs_and_states(cell)
    alone.build(x.shape)
    alone.set_weights(layer.get_weights())
    one, other = to_numpy([alone(x), layer(x)])
    np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


@each(CELLS)
def test_gates_without_a_bias(cell):
    layer = cell.make_random(use_bias=False, go_backwards=True)
    x, states = inputs_and_states(cell)
    found = layer.gates(x, initial_state=states, mask=HOLES)
    weights = with_zero_offsets(cell, layer)
    expected = reference.observe(
        cell.gates, x, tuple(states), weights, mask=HOLES, go_backwards=True
    )
    assert list(found) == list(expected)
    for name, values in found.items():
        np.testing.assert_allclose(
            keras.ops.convert_to_numpy(values), expected[name], rtol=1e-4, atol=1e-5
        )


def with_zero_offsets(cell, layer):
    """The weights with zeros in the places of the offsets that `layer` goes without."""
    full = cell.make()
    full.build((None, None, cell.features))
    names = (variable.name for variable in layer.trainable_variables)
    given = dict(zip(names, weights_of(layer), strict=True))
    return [given.get(v.name, np.zeros(v.shape)) for v in full.trainable_variables]


@each(CELLS)
def test_number_of_parameters(cell):
    layer = cell.make(7)
    features = 7 if cell.features == SIZE else 5
    layer.build((None, None, features))
    assert layer.count_params() == cell.parameters(features, 7)


@each(CELLS)
def test_which_loop(cell):
    recurrence = cell.make().recurrence
    assert recurrence.is_hand_written == cell.hand_written
    if not cell.hand_written:
        assert "has no derivative by hand" in recurrence.reason
        with pytest.raises(ValueError, match="only its hand-written loop has"):
            cell.make(checkpoint_steps=3)


@each(named("mut1, bare inputs", "janet", "layer-normalised gru"))
def test_half_precision(cell):
    layer = cell.make_random(return_sequences=True, dtype="mixed_float16")
    x, _ = inputs_and_states(cell)
    zeros = (np.zeros((BATCH, SIZE)),) * cell.states
    expected, _ = reference.run(cell.step, x, zeros, weights_of(layer))
    found = layer(x)
    assert keras.backend.standardize_dtype(found.dtype) == "float16"
    found = keras.ops.convert_to_numpy(keras.ops.cast(found, "float32"))
    np.testing.assert_allclose(found, expected, atol=0.02)


@each(named("mut1, bare inputs", "janet", "layer-normalised lstm"))
def test_fit_lowers_the_loss(cell):
    model = keras.Sequential([keras.Input((None, cell.features)), cell.make()])
    model.compile(keras.optimizers.Adam(0.02), "mse")
    x = inputs_and_states(cell)[0]
    y = 0.3 * normal(BATCH, SIZE, seed=1)
    losses = model.fit(x, y, epochs=4, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
