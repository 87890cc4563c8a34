"""Layers on a device: against NumPy in float64, the generic loop and the CPU."""

import keras
import numpy as np
import pytest

from keras_gated.layers import GRU, PeepholeLSTM, SimpleRNN, WeightNoise
from tests import reference
from tests.gradients import outcome, value_and_gradients
from tests.units import UNITS, normal, own_tanh, randomise, weights_of

BATCH, TIME, FEATURES, SIZE = 3, 5, 2, 4
MASK = np.array([[1, 1, 0, 1, 1], [0, 1, 1, 1, 0], [1, 1, 1, 0, 0]], bool)

each_unit = pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)


def to_numpy(tensor):
    return keras.ops.convert_to_numpy(keras.ops.cast(tensor, "float32"))


@each_unit
def test_the_loop_is_that_of_the_device(unit, device, backend):
    if backend == "tensorflow":
        pytest.skip("it has none for GPUs")
    assert (unit.make(SIZE).recurrence.name == "gpu") == (device == "gpu")


@each_unit
@pytest.mark.parametrize("mask", [None, MASK], ids=["all steps", "masked"])
def test_against_numpy(unit, mask, device):
    """All that comes out, and the gradients of all that goes in."""
    layer = unit.make(SIZE, return_sequences=True, return_state=True)
    weights = weights_of(randomise(layer, FEATURES))
    x = normal(BATCH, TIME, FEATURES)
    states = [normal(BATCH, SIZE, seed=seed) for seed in range(unit.states)]
    upstream = [normal(BATCH, TIME, SIZE), *states]

    def total(x, *rest):
        before, weights = rest[: unit.states], rest[unit.states :]
        outputs, finals = reference.run(unit.step, x, before, weights, mask)
        pairs = zip((outputs, *finals), upstream, strict=True)
        return sum(np.sum(result * factor) for result, factor in pairs)

    given = [array.astype(float) for array in (x, *states, *weights)]
    value, gradients = outcome(layer, x, states, weights, mask, upstream)
    np.testing.assert_allclose(value, total(*given), rtol=5e-5, atol=5e-5)
    exact = reference.complex_step_gradient(total, given)
    for one, other in zip(gradients, exact, strict=True):
        scale = max(1, np.abs(other).max())
        np.testing.assert_allclose(one, other, rtol=5e-5, atol=5e-5 * scale)


@each_unit
def test_half_precision(unit, device):
    layer = unit.make(SIZE, return_sequences=True, dtype="mixed_bfloat16")
    weights = weights_of(randomise(layer, FEATURES, scale=0.3))
    x = normal(BATCH, TIME, FEATURES)
    found = layer(x, mask=MASK)
    assert keras.backend.standardize_dtype(found.dtype) == "bfloat16"
    exact, _ = unit.run_reference(x, weights, mask=MASK)
    np.testing.assert_allclose(to_numpy(found), exact, rtol=0.05, atol=0.05)


@each_unit
def test_recurrent_dropout(unit, device):
    """With one seed all loops draw one mask."""
    x, upstream = normal(BATCH, TIME, FEATURES), normal(BATCH, TIME, SIZE)
    found = []
    for activation in ("tanh", own_tanh):
        layer = unit.make(
            SIZE,
            activation=activation,
            recurrent_dropout=0.5,
            seed=3,
            return_sequences=True,
        )
        weights = weights_of(randomise(layer, FEATURES))
        found.append(trained(layer, x, weights, upstream))
    for one, other in zip(*found, strict=True):
        scale = max(1, np.abs(other).max())
        np.testing.assert_allclose(one, other, rtol=5e-5, atol=5e-5 * scale)


def trained(layer, x, weights, upstream):
    """A sum over the outputs in training, and its gradients."""

    def total(x, *values):
        pairs = zip(layer.trainable_variables, values, strict=True)
        with keras.StatelessScope(list(pairs)):
            outputs = layer(x, training=True, mask=MASK)
        return keras.ops.sum(keras.ops.multiply(outputs, upstream))

    value, gradients = value_and_gradients(total, x, *weights)
    return (value, *gradients)


@each_unit
def test_many_units_again_and_again(unit, device, backend):
    """So many that PyTorch launches each step, and the third time replays them.

    The mask keeps them from cuDNN.
    """
    size = 400 if unit.name == "tanh" else 250
    arguments = {"return_sequences": True, "return_state": True}
    layer = randomise(unit.make(size, **arguments), FEATURES, scale=0.05)
    weights = weights_of(layer)
    with keras.device("cpu"):
        there = unit.make(size, **arguments)
        there.build((None, None, FEATURES))
    mask = np.arange(3) < 1 + np.arange(20)[:, None] % 3
    for seed in range(4 if backend == "torch" else 1):
        x = normal(20, 3, FEATURES, seed=seed)
        states = [normal(20, size, seed=seed + n) for n in range(unit.states)]
        given = (x, states, weights, mask, [normal(20, 3, size), *states])
        value, gradients = outcome(layer, *given)
        with keras.device("cpu"):
            expected, exact = outcome(there, *given)
        np.testing.assert_allclose(value, expected, rtol=1e-4)
        for one, other in zip(gradients, exact, strict=True):
            scale = max(1, np.abs(other).max())
            np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5 * scale)


def wrapped():
    return keras.Sequential(
        [
            keras.Input((TIME, FEATURES)),
            keras.layers.Masking(),
            keras.layers.Bidirectional(PeepholeLSTM(SIZE, return_sequences=True)),
            WeightNoise(GRU(SIZE, return_sequences=True, recurrent_dropout=0.2)),
            SimpleRNN(SIZE),
            keras.layers.Dense(1),
        ]
    )


def test_wrappers_learn(device):
    model = wrapped()
    model.compile("adam", "mse")
    x, y = normal(8, TIME, FEATURES), normal(8, 1)
    x[2, 3:] = 0
    first = model.evaluate(x, y, verbose=0)
    model.fit(x, y, epochs=10, verbose=0)
    assert model.evaluate(x, y, verbose=0) < first


def test_models_go_from_device_to_device(device, tmp_path):
    x = normal(8, TIME, FEATURES)
    x[2, 3:] = 0
    model = wrapped()
    found = model.predict(x, verbose=0)
    model.save(tmp_path / "there.keras")
    with keras.device("cpu"):
        there = keras.models.load_model(tmp_path / "there.keras")
        expected = there.predict(x, verbose=0)
        there.save(tmp_path / "back.keras")
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    back = keras.models.load_model(tmp_path / "back.keras")
    np.testing.assert_allclose(
        back.predict(x, verbose=0), expected, rtol=1e-4, atol=1e-5
    )
