"""Penalties on weights and outputs."""

import keras
import numpy as np
import pytest

from tests.units import PEEPHOLE_LSTM, normal, randomise, weights_of

BATCH, TIME, FEATURES, SIZE = 3, 5, 2, 4

FACTORS = {"kernel": 0.1, "recurrent": 0.2, "bias": 0.3, "peephole": 0.4}


def test_penalties_on_weights(unit):
    names = [name for name in FACTORS if name != "peephole" or unit is PEEPHOLE_LSTM]
    layer = unit.make(
        SIZE,
        **{
            f"{name}_regularizer": keras.regularizers.L2(FACTORS[name])
            for name in names
        },
    )
    randomise(layer, FEATURES)
    found = [keras.ops.convert_to_numpy(loss) for loss in layer.losses]
    expected = [
        FACTORS[name] * np.sum(weight**2)
        for name, weight in zip(names, weights_of(layer), strict=True)
    ]
    np.testing.assert_allclose(sorted(found), sorted(expected), rtol=1e-5)


def test_penalty_on_outputs(unit):
    layer = unit.make(SIZE, activity_regularizer=keras.regularizers.L1(0.3))
    randomise(layer, FEATURES)
    outputs = keras.ops.convert_to_numpy(layer(normal(BATCH, TIME, FEATURES)))
    (loss,) = layer.losses
    expected = 0.3 * np.sum(np.abs(outputs)) / BATCH
    np.testing.assert_allclose(keras.ops.convert_to_numpy(loss), expected, rtol=1e-5)


@pytest.mark.parametrize("wrap", [lambda layer: layer, keras.layers.Bidirectional])
def test_penalties_reach_the_loss_once(wrap):
    layer = wrap(
        PEEPHOLE_LSTM.make(
            SIZE,
            kernel_regularizer=keras.regularizers.L2(0.1),
            peephole_regularizer=keras.regularizers.L1(0.2),
            activity_regularizer=keras.regularizers.L2(0.3),
        )
    )
    model = keras.Sequential([keras.Input((None, FEATURES)), layer])
    randomise(layer, FEATURES)
    x = normal(BATCH, TIME, FEATURES)
    outputs = model.predict(x, verbose=0)
    model.compile("sgd", "mse")
    found = model.evaluate(x, outputs, verbose=0)
    expected = 0.3 * np.sum(outputs**2) / BATCH
    for weight in layer.weights:
        if weight.name == "kernel":
            expected += 0.1 * np.sum(weight.numpy() ** 2)
        if weight.name == "peephole_kernel":
            expected += 0.2 * np.sum(np.abs(weight.numpy()))
    np.testing.assert_allclose(found, expected, rtol=1e-5)
