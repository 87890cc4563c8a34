"""The gates and states of every step against the equations in NumPy."""

import keras
import numpy as np
import pytest

from keras_gated.layers import GRU
from tests import reference
from tests.gradients import gradients
from tests.units import GRU_BEFORE, TANH, normal, own_tanh, randomise, weights_of

BATCH, TIME, FEATURES, SIZE = 3, 5, 2, 4
HOLES = np.array([[0, 1, 1, 0, 1], [1, 0, 0, 1, 1], [0, 0, 0, 0, 0]], bool)

NAMES = {
    "lstm": [
        "input_gate",
        "forget_gate",
        "candidate",
        "output_gate",
        "output",
        "carry",
    ],
    "gru": ["update_gate", "reset_gate", "candidate", "output"],
    "tanh": ["output"],
}


def as_numpy(gates):
    return {name: keras.ops.convert_to_numpy(x) for name, x in gates.items()}


def problem(unit, **arguments):
    layer = randomise(unit.make(SIZE, **arguments), FEATURES)
    x = normal(BATCH, TIME, FEATURES).astype("float64")
    states = tuple(normal(unit.states, BATCH, SIZE).astype("float64"))
    return layer, x, states


def compiled(function, *arrays):
    """The result of the function as the backend compiles it."""
    if keras.backend.backend() == "jax":
        import jax

        return jax.jit(function)(*arrays)
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return tf.function(function, jit_compile=True)(*map(tf.constant, arrays))
    return function(*arrays)


@pytest.mark.parametrize(
    ("mask", "go_backwards"), [(None, False), (HOLES, True)], ids=["plain", "masked"]
)
def test_against_the_equations(unit, mask, go_backwards, float64):
    layer, x, states = problem(unit, go_backwards=go_backwards)
    found = as_numpy(layer.gates(x, initial_state=list(states), mask=mask))
    expected = reference.observe(
        unit.gates, x, states, weights_of(layer), mask, go_backwards
    )
    assert list(found) == NAMES[unit.name.split()[0]]
    assert set(found) == set(expected)
    for name, values in found.items():
        assert values.dtype == "float64"
        np.testing.assert_allclose(
            values, expected[name], rtol=1e-12, atol=1e-14, err_msg=name
        )


@pytest.mark.parametrize("go_backwards", [False, True])
def test_output_is_that_of_the_layer_in_the_order_of_the_inputs(unit, go_backwards):
    layer, x, _ = problem(unit, return_sequences=True, go_backwards=go_backwards)
    mask = HOLES
    outputs = keras.ops.convert_to_numpy(layer(x, mask=mask))
    found = as_numpy(layer.gates(x, mask=mask))["output"]
    order = slice(None, None, -1) if go_backwards else slice(None)
    np.testing.assert_allclose(found[:, order], outputs, rtol=1e-5, atol=1e-6)


def test_masked_steps_hold_states_and_have_gates_of_zero(unit):
    layer, x, _ = problem(unit, zero_output_for_mask=True)
    dirty = np.where(HOLES[..., None], x, np.nan)
    for name, values in as_numpy(layer.gates(dirty, mask=HOLES)).items():
        assert np.all(np.isfinite(values))
        if name in reference.STATES:
            np.testing.assert_array_equal(values[0, 3], values[0, 2])
            assert np.all(values[0, 2] != 0)
            assert not values[2].any(), "the initial state"
        else:
            assert not values[~HOLES].any()
            assert np.all(values[HOLES] != 0)


def test_compiled(unit):
    layer, x, _ = problem(unit)
    x = x.astype("float32")
    found = as_numpy(compiled(layer.gates, x))
    for name, values in as_numpy(layer.gates(x)).items():
        np.testing.assert_allclose(found[name], values, rtol=1e-5, atol=1e-6)


def test_mixed_precision(unit):
    layer, x, _ = problem(unit, dtype="mixed_bfloat16")
    expected = reference.observe(
        unit.gates, x, (np.zeros((BATCH, SIZE)),) * unit.states, weights_of(layer)
    )
    for name, values in layer.gates(x).items():
        assert keras.backend.standardize_dtype(values.dtype) == "bfloat16"
        values = keras.ops.convert_to_numpy(keras.ops.cast(values, "float32"))
        np.testing.assert_allclose(values, expected[name], atol=0.1)


def test_other_activations(unit):
    layer, x, states = problem(unit, activation=own_tanh)
    assert layer.recurrence.name == "generic"
    found = as_numpy(layer.gates(x, initial_state=list(states)))
    expected = reference.observe(unit.gates, x, states, weights_of(layer))
    for name, values in found.items():
        np.testing.assert_allclose(values, expected[name], rtol=1e-4, atol=1e-5)


def test_differentiable(float64):
    layer, x, states = problem(GRU_BEFORE)

    def expected(*weights):
        seen = reference.observe(GRU_BEFORE.gates, x, states, weights, HOLES)
        return sum(np.sum(values**2) for values in seen.values())

    def found():
        seen = layer.gates(x, initial_state=list(states), mask=HOLES)
        return sum(keras.ops.sum(values**2) for values in seen.values())

    for one, other in zip(
        gradients(found, layer.trainable_variables),
        reference.complex_step_gradient(expected, weights_of(layer)),
        strict=True,
    ):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-11)


def test_changes_nothing(unit):
    layer, x, _ = problem(unit, dropout=0.5, recurrent_dropout=0.5)
    state = [keras.ops.convert_to_numpy(v.value) for v in layer.variables]
    first, second = (as_numpy(layer.gates(x)) for _ in range(2))
    for name, values in first.items():
        np.testing.assert_array_equal(values, second[name])
    for before, variable in zip(state, layer.variables, strict=True):
        np.testing.assert_array_equal(before, keras.ops.convert_to_numpy(variable))


@pytest.mark.parametrize(
    ("sequences", "received"),
    [
        (lambda: keras.Input((None, FEATURES)), r"symbolic ones .*\(None, None, 2\)"),
        (lambda: normal(TIME, FEATURES), r"\(5, 2\)"),
    ],
    ids=["symbolic", "two axes"],
)
def test_sequences_must_be_arrays_of_three_axes(sequences, received):
    message = rf"GRU.gates needs .*{received}.* keras_gated.analysis.gates"
    with pytest.raises(ValueError, match=message):
        GRU(SIZE).gates(sequences())


def test_builds_the_layer():
    layer = GRU(SIZE)
    assert layer.gates(normal(BATCH, TIME, FEATURES))["output"].shape[-1] == SIZE
    assert layer.built


@pytest.mark.parametrize("shape", [(BATCH,), (BATCH, TIME + 1), (BATCH + 1, TIME)])
def test_masks_must_fit(shape):
    layer, x, _ = problem(TANH)
    message = rf"\(batch, time\), here \({BATCH}, {TIME}\).*shape \({shape[0]},"
    with pytest.raises(ValueError, match=message):
        layer.gates(x, mask=np.ones(shape, bool))
