"""Training with `fit`: compiled or not, lengths that change, constraints, freezing."""

import keras
import numpy as np
import pytest

from tests import reference
from tests.units import PEEPHOLE_LSTM, UNITS, normal, randomise, weights_of

BATCH, FEATURES, SIZE = 3, 2, 4
LENGTHS = 3, 5
RATE = 0.5


class BatchesOfTwoLengths(keras.utils.PyDataset):
    def __len__(self):
        return len(LENGTHS)

    def __getitem__(self, index):
        time = LENGTHS[index]
        return (
            normal(BATCH, time, FEATURES, seed=time),
            normal(BATCH, time, SIZE, seed=10 + time),
        )


def weights_after_an_epoch(unit, weights):
    """Two steps of gradient descent on the mean squared error, by NumPy."""
    for x, y in map(BatchesOfTwoLengths().__getitem__, range(len(LENGTHS))):

        def loss(*weights, x=x, y=y):
            outputs, _ = unit.run_reference(x, weights)
            return np.mean((outputs - y) ** 2)

        gradients = reference.complex_step_gradient(loss, weights)
        weights = [
            weight - RATE * gradient
            for weight, gradient in zip(weights, gradients, strict=True)
        ]
    return weights


XLA, GRAPH, EAGER = {"jit_compile": True}, {"jit_compile": False}, {"run_eagerly": True}


@pytest.mark.parametrize(
    ("unit", "way"),
    [
        *[pytest.param(unit, XLA, id=unit.name) for unit in UNITS],
        pytest.param(PEEPHOLE_LSTM, GRAPH, id="lstm without XLA"),
        pytest.param(PEEPHOLE_LSTM, EAGER, id="lstm run eagerly"),
    ],
)
def test_an_epoch_of_batches_of_two_lengths(unit, way, backend):
    layer = unit.make(SIZE, return_sequences=True)
    model = keras.Sequential([keras.Input((None, FEATURES)), layer])
    randomise(layer, FEATURES)
    expected = weights_after_an_epoch(unit, weights_of(layer))
    # On torch a loop over time always runs eagerly.
    way = EAGER if backend == "torch" else way
    model.compile(keras.optimizers.SGD(RATE), "mse", **way)
    model.fit(BatchesOfTwoLengths(), shuffle=False, verbose=0)
    for found, weight in zip(weights_of(layer), expected, strict=True):
        np.testing.assert_allclose(found, weight, rtol=1e-5, atol=2e-6)


def fit_one_step(*layers):
    model = keras.Sequential([keras.Input((None, FEATURES)), *layers])
    model.compile(keras.optimizers.SGD(RATE), "mse")
    model.fit(
        normal(BATCH, LENGTHS[0], FEATURES), normal(BATCH, SIZE, seed=2), verbose=0
    )


def test_constraints_hold_after_a_step(unit):
    constraints = {
        "kernel_constraint": "non_neg",
        "recurrent_constraint": keras.constraints.MaxNorm(0.1),
        "bias_constraint": "non_neg",
    }
    if unit.name == "lstm":
        constraints["peephole_constraint"] = keras.constraints.UnitNorm(axis=1)
    layer = randomise(unit.make(SIZE, **constraints), FEATURES)
    fit_one_step(layer)
    kernel, recurrent, bias, *peepholes = layer.get_weights()
    assert np.min(kernel) == 0
    assert np.min(bias) == 0
    assert np.max(np.linalg.norm(recurrent, axis=0)) <= 0.1 * (1 + 1e-5)
    for peephole in peepholes:
        np.testing.assert_allclose(np.linalg.norm(peephole, axis=1), 1, rtol=1e-5)


def test_frozen_weights_stay(unit):
    layer = randomise(unit.make(SIZE, trainable=False), FEATURES)
    before = layer.get_weights()
    assert layer.trainable_variables == []
    dense = keras.layers.Dense(SIZE)
    fit_one_step(layer, dense)
    assert np.any(dense.get_weights()[1] != 0)
    for found, expected in zip(layer.get_weights(), before, strict=True):
        np.testing.assert_array_equal(found, expected)
    layer.trainable = True
    assert layer.trainable_variables == layer.weights
