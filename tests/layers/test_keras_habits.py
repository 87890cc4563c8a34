"""The layers where a Keras user puts them: models, wrappers, masks, loops of Keras."""

import keras
import numpy as np
import pytest

from keras_gated.layers import GRU, WeightNoise
from tests.units import (
    GRU_AFTER,
    GRU_BEFORE,
    PEEPHOLE_LSTM,
    TANH,
    normal,
    random_weights,
    randomise,
    weights_of,
)

BATCH, TIME, FEATURES, SIZE = 3, 5, 2, 4

HOLES_AND_AN_EMPTY_ROW = np.array(
    [[0, 1, 1, 0, 1], [1, 0, 0, 1, 1], [0, 0, 0, 0, 0]], bool
)


def make_states(unit):
    return list(normal(unit.states, BATCH, SIZE, seed=4))


def assert_close(found, expected):
    found, expected = keras.tree.flatten(found), keras.tree.flatten(expected)
    for one, other in zip(found, expected, strict=True):
        one = keras.ops.convert_to_numpy(one)
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=2e-6)


class Subclassed(keras.Model):
    def __init__(self, layer):
        super().__init__()
        self.recurrent = layer

    def call(self, x):
        return self.recurrent(x)


@pytest.mark.parametrize(
    "make_model",
    [
        lambda layer: keras.Sequential([keras.Input((None, FEATURES)), layer]),
        lambda layer: keras.Sequential([layer]),
        Subclassed,
    ],
    ids=["sequential", "sequential built by its data", "subclassed"],
)
def test_models(make_model):
    layer = PEEPHOLE_LSTM.make(SIZE, return_sequences=True)
    model = make_model(layer)
    x = normal(BATCH, TIME, FEATURES)
    model.predict(x, verbose=0)
    layer.set_weights(random_weights(layer))
    expected, _ = PEEPHOLE_LSTM.run_reference(x, weights_of(layer))
    assert_close(model.predict(x, verbose=0), expected)


def test_functional_model_with_states(unit):
    layer = randomise(
        unit.make(SIZE, return_sequences=True, return_state=True), FEATURES
    )
    inputs = keras.Input((None, FEATURES))
    initial_state = [keras.Input((SIZE,)) for _ in range(unit.states)]
    outputs = layer(inputs, initial_state=initial_state)
    assert [tuple(tensor.shape) for tensor in outputs] == [
        (None, None, SIZE),
        *[(None, SIZE)] * unit.states,
    ]
    model = keras.Model([inputs, *initial_state], outputs)
    x, states = normal(BATCH, TIME, FEATURES), make_states(unit)
    expected, final = unit.run_reference(x, weights_of(layer), states)
    assert_close(model.predict([x, *states], verbose=0), [expected, *final])


@pytest.mark.parametrize(("batch", "time"), [(1, 1), (4, 3)])
def test_unknown_batch_and_time(unit, batch, time):
    layer = randomise(unit.make(SIZE, return_sequences=True), FEATURES)
    inputs = keras.Input(batch_shape=(None, None, FEATURES))
    model = keras.Model(inputs, layer(inputs))
    x = normal(batch, time, FEATURES)
    expected, _ = unit.run_reference(x, weights_of(layer))
    assert_close(model.predict(x, verbose=0), expected)


def test_streaming_in_chunks_is_one_pass(unit):
    layer = randomise(
        unit.make(SIZE, return_sequences=True, return_state=True), FEATURES
    )
    x = normal(BATCH, TIME, FEATURES)
    expected, final = unit.run_reference(x, weights_of(layer))
    first, *states = layer(x[:, :2])
    rest, *states = layer(x[:, 2:], initial_state=states)
    assert_close(keras.ops.concatenate([first, rest], axis=1), expected)
    assert_close(states, final)


def test_a_single_initial_state_needs_no_list():
    layer = randomise(GRU_BEFORE.make(SIZE), FEATURES)
    x, (state,) = normal(BATCH, TIME, FEATURES), make_states(GRU_BEFORE)
    _, final = GRU_BEFORE.run_reference(x, weights_of(layer), [state])
    assert_close(layer(x, initial_state=state), final)


def test_all_rows_masked(unit):
    """Nothing happens, and the initial state is the result."""
    layer = randomise(unit.make(SIZE, return_state=True), FEATURES)
    states = make_states(unit)
    mask = np.zeros((BATCH, TIME), bool)
    found = layer(normal(BATCH, TIME, FEATURES), initial_state=states, mask=mask)
    assert_close(found, [states[0], *states])


def test_cell_in_the_loop_of_keras(unit):
    layer = keras.layers.RNN(
        unit.make_cell(SIZE), return_sequences=True, return_state=True
    )
    randomise(layer, FEATURES)
    x = normal(BATCH, TIME, FEATURES)
    outputs, *states = layer(x, mask=HOLES_AND_AN_EMPTY_ROW)
    assert_close(
        [outputs, states],
        unit.run_reference(x, weights_of(layer), mask=HOLES_AND_AN_EMPTY_ROW),
    )


@pytest.mark.parametrize(
    "stack", [list, keras.layers.StackedRNNCells], ids=["list", "StackedRNNCells"]
)
def test_stacked_cells_are_stacked_layers(stack):
    units = PEEPHOLE_LSTM, GRU_BEFORE, TANH, GRU_AFTER
    cells = [unit.make_cell(SIZE) for unit in units]
    layer = keras.layers.RNN(stack(cells), return_sequences=True, return_state=True)
    randomise(layer, FEATURES)
    x = normal(BATCH, TIME, FEATURES)
    outputs, *states = layer(x, mask=HOLES_AND_AN_EMPTY_ROW)
    expected = x
    for unit, cell, found in zip(units, cells, states, strict=True):
        expected, final = unit.run_reference(
            expected, weights_of(cell), mask=HOLES_AND_AN_EMPTY_ROW
        )
        assert_close(found, final)
    assert_close(outputs, expected)


MERGES = {
    "concat": lambda one, other: np.concatenate([one, other], axis=-1),
    "sum": np.add,
    "mul": np.multiply,
    "ave": lambda one, other: (one + other) / 2,
    None: lambda one, other: [one, other],
}


def check_bidirectional(unit, merge_mode, mask):
    layer = keras.layers.Bidirectional(
        unit.make(SIZE, return_sequences=True, return_state=True),
        merge_mode=merge_mode,
    )
    randomise(layer, FEATURES)
    x = normal(BATCH, TIME, FEATURES)
    # Bidirectional makes its layers put out zeros for masked steps.
    order = {"mask": mask, "zero_output_for_mask": True}
    outputs, states = unit.run_reference(x, weights_of(layer.forward_layer), **order)
    backward_outputs, backward_states = unit.run_reference(
        x, weights_of(layer.backward_layer), **order, go_backwards=True
    )
    merged = MERGES[merge_mode](outputs, backward_outputs[:, ::-1])
    assert_close(layer(x, mask=mask), [merged, states, backward_states])


@pytest.mark.parametrize("mask", [None, HOLES_AND_AN_EMPTY_ROW], ids=["", "mask"])
def test_bidirectional(unit, mask):
    check_bidirectional(unit, "concat", mask)


@pytest.mark.parametrize("merge_mode", MERGES)
def test_merge_modes_of_bidirectional(merge_mode):
    check_bidirectional(PEEPHOLE_LSTM, merge_mode, mask=None)


def test_mask_goes_through_two_layers(unit):
    layers = unit.make(SIZE, return_sequences=True), unit.make(SIZE)
    model = keras.Sequential(
        [keras.Input((None, FEATURES)), keras.layers.Masking(mask_value=-1.0), *layers]
    )
    for layer in layers:
        layer.set_weights(random_weights(layer))
    mask = HOLES_AND_AN_EMPTY_ROW
    x = np.where(mask[..., None], normal(BATCH, TIME, FEATURES), np.float32(-1))
    outputs, _ = unit.run_reference(x, weights_of(layers[0]), mask=mask)
    _, final = unit.run_reference(outputs, weights_of(layers[1]), mask=mask)
    assert_close(model.predict(x, verbose=0), final[0])


def test_mask_of_an_embedding(unit):
    layer = unit.make(SIZE)
    embedding = keras.layers.Embedding(6, FEATURES, mask_zero=True)
    model = keras.Sequential([keras.Input((None,), dtype="int32"), embedding, layer])
    layer.set_weights(random_weights(layer))
    words = np.array([[3, 5, 1, 0, 0], [2, 0, 4, 1, 0], [0, 0, 0, 0, 0]], "int32")
    vectors = embedding.get_weights()[0][words]
    _, final = unit.run_reference(vectors, weights_of(layer), mask=words != 0)
    assert_close(model.predict(words, verbose=0), final[0])


@pytest.mark.once
def test_policies_by_path(unit):
    policies = keras.dtype_policies.DTypePolicyMap()
    layer = unit.make(4, dtype=policies)
    assert layer(np.ones((2, 3, 5), "float32")).shape == (2, 4)
    assert layer.cell.path.startswith(layer.name)


@pytest.mark.once
def test_hands_masks_on_whatever_keras_layers_do(unit):
    assert unit.make(4).supports_masking


@pytest.mark.parametrize("wrap", [lambda layer: layer, WeightNoise])
def test_the_mask_of_a_layer_that_runs_backwards_goes_with_its_outputs(wrap):
    first = wrap(GRU(4, return_sequences=True, go_backwards=True))
    model = keras.Sequential([keras.layers.Masking(), first, GRU(4)])
    x = np.zeros((2, 7, 3), "float32")
    x[:, :3] = np.random.default_rng(5).normal(size=(2, 3, 3))
    alone = keras.ops.convert_to_numpy(model(x[:, :3]))
    padded = keras.ops.convert_to_numpy(model(x))
    np.testing.assert_allclose(padded, alone, atol=1e-6)
    assert np.abs(alone).min() > 1e-3
