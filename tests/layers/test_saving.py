"""Configs, clones and files give the same layer back."""

import inspect

import keras
import numpy as np
import pytest

from keras_gated.layers import SimpleRNN
from tests.units import GRU_AFTER, PEEPHOLE_LSTM, UNITS, normal, random_weights

BATCH, TIME, FEATURES, SIZE = 3, 5, 2, 4


@keras.saving.register_keras_serializable(package="keras_gated_tests")
def halved(x):
    return x / 2


OTHER_THAN_DEFAULT = {
    "units": SIZE,
    "activation": halved,
    "recurrent_activation": "hard_sigmoid",
    "use_bias": False,
    "use_peepholes": False,
    "reset_after": True,
    "kernel_initializer": keras.initializers.RandomNormal(stddev=0.3, seed=1),
    "recurrent_initializer": keras.initializers.RandomUniform(-0.1, 0.1, seed=2),
    "bias_initializer": "ones",
    "peephole_initializer": keras.initializers.Constant(0.2),
    "unit_forget_bias": False,
    "kernel_regularizer": keras.regularizers.L1(0.1),
    "recurrent_regularizer": keras.regularizers.L2(0.2),
    "bias_regularizer": keras.regularizers.L1L2(0.1, 0.2),
    "peephole_regularizer": keras.regularizers.L2(0.3),
    "activity_regularizer": keras.regularizers.L2(0.4),
    "kernel_constraint": keras.constraints.MaxNorm(3),
    "recurrent_constraint": keras.constraints.UnitNorm(),
    "bias_constraint": keras.constraints.NonNeg(),
    "peephole_constraint": keras.constraints.MaxNorm(2),
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
    "recurrent_dropout_form": "semeniuta",
    "zoneout": 0.3,
}


def arguments_of(function):
    parameters = inspect.signature(function).parameters.values()
    return [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]


LAYERS = {unit.layer.__name__: unit.layer for unit in UNITS}


@pytest.fixture(params=LAYERS)
def layer_class(request):
    return LAYERS[request.param]


@pytest.fixture
def other_than_default(layer_class):
    names = [*arguments_of(layer_class), "name", "dtype", "trainable"]
    # These activations have no hand-written loop, hence no checkpoints.
    names.remove("checkpoint_steps")
    if "use_cudnn" in names:
        # No config has it, as in Keras.
        names.remove("use_cudnn")
    if layer_class is SimpleRNN:
        # It knows one form only.
        names.remove("recurrent_dropout_form")
    return {name: OTHER_THAN_DEFAULT[name] for name in names}


ROUND_TRIPS = {
    "from_config": lambda layer: type(layer).from_config(layer.get_config()),
    "serialize": lambda layer: keras.saving.deserialize_keras_object(
        keras.saving.serialize_keras_object(layer)
    ),
}


@pytest.mark.parametrize("round_trip", ROUND_TRIPS.values(), ids=ROUND_TRIPS.keys())
def test_config_keeps_every_argument(layer_class, other_than_default, round_trip):
    layer = layer_class(**other_than_default)
    config = layer.get_config()
    assert config.pop("checkpoint_steps") is None
    if layer_class is SimpleRNN:
        assert config.pop("recurrent_dropout_form") == "gal"
    assert set(config) == set(other_than_default)
    defaults = layer_class(SIZE + 1).get_config()
    assert [name for name in config if config[name] == defaults.get(name)] == []

    again = round_trip(layer)
    assert again.get_config() == layer.get_config()
    assert again.cell.get_config() == layer.cell.get_config()
    assert again.dtype_policy.name == "mixed_bfloat16"
    assert again.cell.dtype_policy.name == "mixed_bfloat16"
    assert not again.cell.trainable


@pytest.mark.parametrize("round_trip", ROUND_TRIPS.values(), ids=ROUND_TRIPS.keys())
def test_config_keeps_the_checkpoints(layer_class, round_trip):
    layer = layer_class(SIZE, checkpoint_steps=7)
    assert round_trip(layer).checkpoint_steps == 7


@pytest.mark.parametrize("round_trip", ROUND_TRIPS.values(), ids=ROUND_TRIPS.keys())
def test_config_of_a_cell(layer_class, other_than_default, round_trip):
    cell = layer_class(**other_than_default).cell
    again = round_trip(cell)
    assert type(again) is type(cell)
    assert again.get_config() == cell.get_config()
    missing = set(other_than_default) - set(cell.get_config())
    assert missing == {
        "activity_regularizer",
        "return_sequences",
        "return_state",
        "go_backwards",
        "stateful",
        "unroll",
        "zero_output_for_mask",
    }


def test_clone_of_a_model(layer_class, other_than_default):
    layer = layer_class(**{**other_than_default, "return_state": False})
    # Keras' Bidirectional cannot have a stateful layer that returns its states.
    changed = {"go_backwards": False, "stateful": False}
    forward = layer_class(**{**other_than_default, **changed})
    bidirectional = keras.layers.Bidirectional(forward)
    inputs = keras.Input(batch_shape=(2, None, FEATURES))
    model = keras.Sequential([inputs, layer, bidirectional])
    clone = keras.models.clone_model(model)
    assert clone.get_config() == model.get_config()
    cloned_layer, cloned_bidirectional = clone.layers
    assert cloned_layer.get_config() == layer.get_config()
    for one, other in (
        (cloned_bidirectional.forward_layer, bidirectional.forward_layer),
        (cloned_bidirectional.backward_layer, bidirectional.backward_layer),
    ):
        assert one.get_config() == other.get_config()


def make_model():
    """Every unit alone, some both ways, and all as cells in the loop of Keras."""
    layers = [unit.make(SIZE, return_sequences=True, dropout=0.3) for unit in UNITS]
    both_ways = [
        keras.layers.Bidirectional(
            unit.make(SIZE, return_sequences=True), merge_mode="sum"
        )
        for unit in (PEEPHOLE_LSTM, GRU_AFTER)
    ]
    cells = keras.layers.RNN([unit.make_cell(SIZE) for unit in UNITS])
    model = keras.Sequential(
        [keras.Input((None, FEATURES)), *layers, *both_ways, cells]
    )
    model.set_weights(random_weights(model))
    return model


def test_files(tmp_path):
    model = make_model()
    x = normal(BATCH, TIME, FEATURES)
    expected = model.predict(x, verbose=0)

    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    assert loaded.to_json() == model.to_json()
    np.testing.assert_array_equal(loaded.predict(x, verbose=0), expected)

    model.save_weights(tmp_path / "model.weights.h5")
    blank = keras.models.clone_model(model)
    blank.load_weights(tmp_path / "model.weights.h5")
    for found, weight in zip(blank.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(found, weight)
