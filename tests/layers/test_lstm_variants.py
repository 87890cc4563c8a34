"""The variants of the LSTM against their equations, and as Keras layers."""

import inspect

import keras
import numpy as np
import pytest

from keras_gated.layers import (
    LSTM_VARIANTS,
    LSTMVariant,
    LSTMVariantCell,
    PeepholeLSTM,
)
from tests import reference
from tests.gradients import gradients
from tests.tiers import exhaustive_elsewhere
from tests.units import normal, random_weights, randomise, weights_of
from tests.variants import NAMED, VARIANTS

BATCH, TIME, FEATURES, SIZE = 2, 4, 2, 3
HOLES = np.array([[1, 1, 0, 1], [0, 1, 1, 0]], bool)

EVERY = pytest.mark.parametrize("variant", VARIANTS, ids=lambda v: v.name)


def problem(variant, **arguments):
    """A layer with random weights, its inputs and initial states, in doubles."""
    layer = randomise(variant.make(SIZE, **arguments), FEATURES)
    x = normal(BATCH, TIME, FEATURES).astype("float64")
    states = list(normal(len(variant.state_names), BATCH, SIZE).astype("float64"))
    return layer, x, states


@EVERY
def test_outputs_states_and_all_gradients(variant, float64):
    layer, x, states = problem(variant, return_sequences=True, return_state=True)
    upstream = [normal(BATCH, TIME, SIZE, seed=8).astype("float64")]
    upstream += list(normal(len(states), BATCH, SIZE, seed=9).astype("float64"))
    weights = weights_of(layer)

    def results(x, *rest):
        before, weights = rest[: len(states)], rest[len(states) :]
        outputs, finals = variant.run_reference(x, weights, before, mask=HOLES)
        return [outputs, *finals]

    def expected_loss(*arguments):
        parts = zip(results(*arguments), upstream, strict=True)
        return sum(np.sum(result * weight) for result, weight in parts)

    found = layer(x, initial_state=states, mask=HOLES)
    for one, other in zip(found, results(x, *states, *weights), strict=True):
        one = keras.ops.convert_to_numpy(one)
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-14)

    variables = [keras.Variable(value, dtype="float64") for value in (x, *states)]

    def loss():
        x, *before = (keras.ops.convert_to_tensor(value) for value in variables)
        found = layer(x, initial_state=before, mask=HOLES)
        parts = zip(found, upstream, strict=True)
        return sum(keras.ops.sum(keras.ops.multiply(*pair)) for pair in parts)

    expected = reference.complex_step_gradient(expected_loss, [x, *states, *weights])
    found = gradients(loss, [*variables, *layer.trainable_variables])
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-11)


@pytest.mark.once
@EVERY
def test_gates(variant):
    layer, x, states = problem(variant)
    x, states = x[:, :1], [state.astype("float32") for state in states]
    found = layer.gates(x.astype("float32"), initial_state=states)
    expected = variant.gates(x[:, 0], states, *weights_of(layer))
    assert set(found) == set(expected)
    for name, values in found.items():
        values = keras.ops.convert_to_numpy(values)[:, 0]
        np.testing.assert_allclose(values, expected[name], rtol=1e-5, atol=1e-6)


@pytest.mark.once
@EVERY
def test_a_masked_step_of_gates_holds_the_states(variant):
    layer, x, _ = problem(variant)
    for name, values in layer.gates(x.astype("float32"), mask=HOLES).items():
        values = keras.ops.convert_to_numpy(values)
        held = values[0, 1] if name in variant.state_names else np.zeros(SIZE)
        np.testing.assert_array_equal(values[0, 2], np.broadcast_to(held, SIZE))


@pytest.mark.parametrize("name", ["NFG", "CIFG"])
@pytest.mark.parametrize("dtype", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision(name, dtype):
    variant = next(variant for variant in NAMED if variant.name == name)
    layer, x, states = problem(variant, dtype=dtype, return_sequences=True)
    expected, _ = variant.run_reference(x, weights_of(layer), states, mask=HOLES)

    def loss():
        outputs = layer(x, initial_state=states, mask=HOLES)
        return keras.ops.sum(keras.ops.cast(outputs, "float32") ** 2)

    found = layer(x, initial_state=states, mask=HOLES)
    assert keras.backend.standardize_dtype(found.dtype) == layer.compute_dtype
    found = keras.ops.convert_to_numpy(keras.ops.cast(found, "float32"))
    np.testing.assert_allclose(found, expected, atol=0.1)
    for gradient in gradients(loss, layer.trainable_variables):
        assert np.all(np.isfinite(gradient))


@pytest.mark.parametrize("use_peepholes", [True, False])
def test_vanilla_settings_are_the_peephole_lstm(use_peepholes):
    vanilla = LSTMVariant(SIZE, use_peepholes=use_peepholes, return_sequences=True)
    randomise(vanilla, FEATURES)
    known = PeepholeLSTM(SIZE, use_peepholes=use_peepholes, return_sequences=True)
    known.build((None, None, FEATURES))
    known.set_weights(vanilla.get_weights())
    assert [w.name for w in known.weights] == [w.name for w in vanilla.weights]
    x = normal(BATCH, TIME, FEATURES)
    for call in (lambda layer: layer(x), lambda layer: layer(x, mask=HOLES)):
        one, other = (keras.ops.convert_to_numpy(call(la)) for la in (vanilla, known))
        np.testing.assert_array_equal(one, other)


# Blocks of columns, rows of peepholes, and blocks of gate recurrence.
SIZES = {
    "V": (4, 3, 0),
    "NIG": (3, 2, 0),
    "NFG": (3, 2, 0),
    "NOG": (3, 2, 0),
    "NIAF": (4, 3, 0),
    "NOAF": (4, 3, 0),
    "CIFG": (3, 2, 0),
    "NP": (4, 0, 0),
    "FGR": (4, 3, 9),
}


@pytest.mark.once
@pytest.mark.parametrize("use_bias", [True, False])
def test_parameter_counts(use_bias):
    assert list(SIZES) == list(LSTM_VARIANTS)
    for name, (columns, rows, blocks) in SIZES.items():
        layer = LSTMVariant(7, **LSTM_VARIANTS[name], use_bias=use_bias)
        layer.build((None, None, 5))
        expected = columns * 7 * (5 + 7 + use_bias) + rows * 7 + blocks * 7**2
        assert layer.count_params() == expected, name


OTHER_THAN_DEFAULT = {
    "input_activation": "relu",
    "output_activation": "linear",
    "recurrent_activation": "hard_sigmoid",
    "use_peepholes": False,
    "use_bias": False,
    "unit_forget_bias": 2.5,
    "peephole_initializer": keras.initializers.Constant(0.2),
    "recurrent_initializer": keras.initializers.RandomNormal(stddev=0.3, seed=1),
    "recurrent_regularizer": keras.regularizers.L2(0.2),
    "peephole_constraint": keras.constraints.MaxNorm(2),
    "dropout": 0.1,
    "recurrent_dropout": 0.2,
    "seed": 17,
    "return_sequences": True,
    "dtype": "mixed_bfloat16",
    "name": "chosen",
}
SETTINGS = [
    OTHER_THAN_DEFAULT,
    {"coupled_gates": True, "use_output_gate": False, "checkpoint_steps": 3},
    {"full_gate_recurrence": True, "use_input_gate": False},
    {"use_forget_gate": False},
]


@pytest.mark.once
@pytest.mark.parametrize("settings", SETTINGS, ids=lambda s: next(iter(s)))
def test_config_round_trip(settings):
    layer = LSTMVariant(SIZE, **settings)
    config = layer.get_config()
    # Keras leaves this one out where there is none.
    others = {"activity_regularizer", "kwargs"}
    assert set(inspect.signature(LSTMVariant).parameters) - others <= set(config)
    assert "activation" not in config
    saved = keras.saving.serialize_keras_object(layer)
    for again in (
        LSTMVariant.from_config(config),
        keras.saving.deserialize_keras_object(saved),
    ):
        assert again.get_config() == config
        assert again.cell.step_equations == layer.cell.step_equations
    cell = layer.cell
    assert (
        LSTMVariantCell.from_config(cell.get_config()).step_equations
        == cell.step_equations
    )


@exhaustive_elsewhere
def test_files_keep_the_variant(tmp_path):
    layers = [v.make(SIZE, return_sequences=True, name=v.name) for v in NAMED]
    model = keras.Sequential([keras.Input((None, FEATURES)), *layers])
    for layer in layers:
        layer.set_weights(random_weights(layer))
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    x = normal(BATCH, TIME, FEATURES)
    one, other = (found.predict(x, verbose=0) for found in (again, model))
    np.testing.assert_allclose(one, other, rtol=1e-6)


@pytest.mark.parametrize("name", ["NIG", "CIFG", "FGR"])
def test_in_the_loop_of_keras_in_both_directions(name):
    variant = next(variant for variant in NAMED if variant.name == name)
    layer = keras.layers.Bidirectional(
        keras.layers.RNN(variant.make(SIZE).cell, return_sequences=True)
    )
    randomise(layer, FEATURES)
    own = keras.layers.Bidirectional(variant.make(SIZE, return_sequences=True))
    own.build((None, None, FEATURES))
    own.set_weights(layer.get_weights())
    x = normal(BATCH, TIME, FEATURES)
    one, other = (
        keras.ops.convert_to_numpy(found(x, mask=HOLES)) for found in (layer, own)
    )
    np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_all_cells_in_one_stack():
    cells = [variant.make(SIZE).cell for variant in NAMED]
    layer = keras.layers.RNN(keras.layers.StackedRNNCells(cells), return_state=True)
    randomise(layer, FEATURES)
    _, *states = layer(normal(BATCH, TIME, FEATURES))
    x = normal(BATCH, TIME, FEATURES).astype("float64")
    for variant, cell, found in zip(NAMED, cells, states, strict=True):
        zeros = [np.zeros((BATCH, SIZE))] * len(variant.state_names)
        x, finals = variant.run_reference(x, weights_of(cell), zeros)
        for one, other in zip(found, finals, strict=True):
            one = keras.ops.convert_to_numpy(one)
            np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


@pytest.mark.once
@pytest.mark.parametrize("make", [LSTMVariant, LSTMVariantCell])
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"coupled_gates": True, "use_input_gate": False},
            r"coupled_gates=True with use_input_gate=False and use_forget_gate=True",
        ),
        (
            {"coupled_gates": True, "use_forget_gate": False},
            r"coupled_gates=True with use_input_gate=True and use_forget_gate=False",
        ),
        (
            {
                "full_gate_recurrence": True,
                "use_input_gate": False,
                "use_forget_gate": False,
                "use_output_gate": False,
            },
            "full_gate_recurrence=True .* There must be a gate",
        ),
    ],
)
def test_settings_must_not_contradict_each_other(make, settings, message):
    with pytest.raises(ValueError, match=message):
        make(SIZE, **settings)
