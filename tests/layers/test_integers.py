"""Integers and booleans, such as the keys of a piano, are numbers everywhere."""

import keras
import numpy as np
import pytest

from keras_gated.generation import generate
from keras_gated.layers import (
    GRU,
    BernoulliHead,
    GRUCell,
    MDNHead,
    PeepholeLSTM,
    PeepholeLSTMCell,
    SymbolHead,
    WeightNoise,
    WeightNormalization,
)
from keras_gated.losses import BernoulliNLL
from tests.tiers import exhaustive_elsewhere

DTYPES = ("bool", "uint8", "int32", "int64")
dtypes = pytest.mark.parametrize("dtype", DTYPES)

ROLLS = np.random.default_rng(1).integers(0, 2, (3, 5, 4))

policies = pytest.mark.parametrize("policy", ["float32", "mixed_float16"])


def assert_same(function, dtype):
    """What comes from a roll of another dtype is what comes from floats."""
    expected = keras.tree.flatten(function(ROLLS.astype("float32")))
    found = keras.tree.flatten(function(ROLLS.astype(dtype)))
    for one, other in zip(found, expected, strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(*map(keras.ops.convert_to_numpy, (one, other)))


@exhaustive_elsewhere
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("policy", ["float32", "mixed_float16"])
def test_layers_of_all_kinds(policy, dtype):
    keras.config.set_dtype_policy(policy)
    layers = [
        GRU(4),
        PeepholeLSTM(4, return_sequences=True, return_state=True),
        WeightNoise(GRU(4)),
        WeightNormalization(GRU(4)),
        keras.layers.Bidirectional(GRU(4)),
        keras.layers.RNN([GRUCell(4), PeepholeLSTMCell(4)]),
        BernoulliHead(3),
        MDNHead(event_size=2, components=2),
        SymbolHead(3),
    ]
    for layer in layers:
        assert_same(layer, dtype)


@dtypes
@policies
def test_cells_states_and_gates(policy, dtype):
    cell = PeepholeLSTMCell(4, dtype=policy)
    cell.build((3, 4))
    assert_same(lambda rolls: cell(rolls[:, 0], [rolls[:, 1], rolls[:, 2]]), dtype)
    layer = PeepholeLSTM(4, dtype=policy)
    layer.build((3, None, 4))
    states = slice(0, 2)
    assert_same(
        lambda rolls: layer(rolls, initial_state=list(rolls.swapaxes(0, 1)[states])),
        dtype,
    )
    assert_same(layer.gates, dtype)
    assert_same(lambda rolls: layer.gates(rolls.tolist()), dtype)


@dtypes
@policies
def test_dropped_out(policy, dtype):
    for layer in (
        GRU(4, dropout=0.5, recurrent_dropout=0.2, seed=3, dtype=policy),
        keras.layers.RNN(GRUCell(4, dropout=0.5, seed=3, dtype=policy), dtype=policy),
    ):
        layer.build((3, None, 4))
        seed = layer.cell.seed_generator.state
        start = keras.ops.convert_to_numpy(seed).copy()

        def run(rolls, layer=layer, seed=seed, start=start):
            seed.assign(start)
            return layer(rolls, training=True)

        assert_same(run, dtype)


def model_of_rolls():
    return keras.Sequential(
        [keras.Input((None, 4)), GRU(4, return_sequences=True), BernoulliHead(4)]
    )


def test_models_learn():
    model = model_of_rolls()
    model.compile(keras.optimizers.SGD(0.0), BernoulliNLL())
    losses = [
        model.train_on_batch(ROLLS.astype(dtype), ROLLS.astype(dtype))
        for dtype in ("float32", "bool", "uint8")
    ]
    np.testing.assert_allclose(losses, losses[0], rtol=1e-6)


@exhaustive_elsewhere
def test_models_generate():
    model = model_of_rolls()
    assert_same(lambda rolls: generate(model, rolls, steps=2, seed=1), "bool")
