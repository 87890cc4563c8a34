"""Configs and files give the cells of the family back, and what is theirs alone."""

import keras
import numpy as np
import pytest

from keras_gated.initializers import Chrono
from keras_gated.layers import GRU, JANET, MUT2, LayerNormGRU, LayerNormLSTM
from tests.cells import CELLS, SIZE, each
from tests.units import normal

OTHER_THAN_DEFAULT = {
    "zoneout": 0.2,
    "activation": "softsign",
    "recurrent_activation": "hard_sigmoid",
    "use_bias": False,
    "kernel_initializer": keras.initializers.RandomNormal(stddev=0.3, seed=1),
    "recurrent_initializer": keras.initializers.RandomUniform(-0.1, 0.1, seed=2),
    "bias_initializer": "ones",
    "kernel_regularizer": keras.regularizers.L1(0.1),
    "recurrent_regularizer": keras.regularizers.L2(0.2),
    "bias_regularizer": keras.regularizers.L1L2(0.1, 0.2),
    "activity_regularizer": keras.regularizers.L2(0.4),
    "kernel_constraint": keras.constraints.MaxNorm(3),
    "recurrent_constraint": keras.constraints.UnitNorm(),
    "bias_constraint": keras.constraints.NonNeg(),
    "dropout": 0.1,
    "recurrent_dropout": 0.2,
    "seed": 17,
    "return_sequences": True,
    "return_state": True,
    "go_backwards": True,
    "stateful": True,
    "unroll": True,
    "zero_output_for_mask": True,
    "name": "chosen",
    "dtype": "mixed_bfloat16",
    "trainable": False,
}

NORMS = {
    "epsilon": 0.01,
    "gain_initializer": keras.initializers.Constant(0.1),
    "offset_initializer": keras.initializers.Constant(0.2),
}

OWN = {
    JANET: {"beta": 0.25, "forget_bias_initializer": Chrono(50, seed=4)},
    LayerNormLSTM: {**NORMS, "unit_forget_bias": False},
    LayerNormGRU: NORMS,
}


@each(CELLS)
def test_every_argument_comes_back(cell):
    given = {**OTHER_THAN_DEFAULT, **OWN.get(cell.layer, {})}
    config = cell.layer(SIZE, **given).get_config()
    again = cell.layer.from_config(config)
    assert again.get_config() == config
    default = cell.layer(SIZE).get_config()
    assert {name for name in given if config[name] == default.get(name)} == set()
    only_one_choice = {"units", "checkpoint_steps", "recurrent_dropout_form"}
    assert set(config) == only_one_choice | set(given)


@each(CELLS)
def test_model_file(cell, tmp_path):
    layer = cell.make(return_sequences=True, **OWN.get(cell.layer, {}))
    model = keras.Sequential([keras.Input((None, cell.features)), layer])
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    x = normal(2, 3, cell.features)
    found, expected = (keras.ops.convert_to_numpy(m(x)) for m in (again, model))
    np.testing.assert_array_equal(found, expected)
    assert again.layers[0].get_config() == layer.get_config()


@each(CELLS)
def test_bad_arguments_are_refused(cell):
    with pytest.raises(ValueError, match="positive integer"):
        cell.make(0)
    with pytest.raises((TypeError, ValueError), match="reset_after"):
        cell.layer.cell_class(SIZE, reset_after=True)


@pytest.mark.parametrize("layer", [LayerNormLSTM, LayerNormGRU])
@pytest.mark.parametrize("epsilon", [0, -1e-3, float("nan")])
def test_epsilon_must_be_positive(layer, epsilon):
    with pytest.raises(ValueError, match=f"epsilon={epsilon!r}"):
        layer(SIZE, epsilon=epsilon)


def built(layer):
    layer.build((None, None, 3))
    named = {variable.name: variable for variable in layer.weights}
    return {name: keras.ops.convert_to_numpy(v) for name, v in named.items()}


def test_initial_biases_and_gains():
    np.testing.assert_array_equal(built(JANET(2))["bias"], [1, 1, 0, 0])
    chosen = JANET(2, forget_bias_initializer="zeros", bias_initializer="ones")
    np.testing.assert_array_equal(built(chosen)["bias"], [0, 0, 1, 1])
    weights = built(LayerNormLSTM(2, **NORMS))
    np.testing.assert_array_equal(weights["bias"], [0, 0, 1, 1, 0, 0, 0, 0])
    for name in ("input_gain", "recurrent_gain", "carry_gain"):
        np.testing.assert_allclose(weights[name], 0.1)
    np.testing.assert_allclose(weights["carry_offset"], [0.2, 0.2])
    np.testing.assert_allclose(built(LayerNormGRU(1, **NORMS))["recurrent_offset"], 0.2)


def test_janet_with_beta_0_is_a_leaky_average():
    """Its two shares sum to 1; with another beta they don't."""
    x = normal(2, 3, 3)
    for beta, expected in ((0.0, True), (1.0, False)):
        gates = JANET(SIZE, beta=beta).gates(x)
        total = keras.ops.convert_to_numpy(gates["forget_gate"] + gates["input_gate"])
        assert np.allclose(total, 1, atol=1e-6) == expected


def test_mut2_whose_reset_gate_sees_the_same_is_the_gru_of_the_paper():
    """With a block of `kernel` for the reset gate only z tells the two apart."""
    x = normal(2, 5, 3)
    mutation, gru = (layer(SIZE, return_sequences=True) for layer in (MUT2, GRU))
    weights = list(built(mutation).values())
    built(gru)
    turned = [np.concatenate([-w[..., :SIZE], w[..., SIZE:]], -1) for w in weights]
    gru.set_weights(turned)
    found, expected = (keras.ops.convert_to_numpy(m(x)) for m in (mutation, gru))
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_normalised_layers_ignore_the_scale_of_inputs():
    x = normal(2, 5, 3)
    for make in (LayerNormLSTM, LayerNormGRU):
        layer = make(SIZE, epsilon=1e-12)
        one, other = (keras.ops.convert_to_numpy(layer(f * x)) for f in (1, 50))
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-4)


def test_statistics_of_large_sums_in_half_precision():
    """In float16 the squares would overflow."""
    x = 1000 * normal(2, 5, 3)
    for make in (LayerNormLSTM, LayerNormGRU):
        layer = make(SIZE, dtype="mixed_float16", return_sequences=True)
        single = make(SIZE, return_sequences=True)
        built(single)
        layer.build((None, None, 3))
        layer.set_weights(single.get_weights())
        found, expected = (
            keras.ops.convert_to_numpy(keras.ops.cast(m(x), "float32"))
            for m in (layer, single)
        )
        np.testing.assert_allclose(found, expected, atol=0.02)
