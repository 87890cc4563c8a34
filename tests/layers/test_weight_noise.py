"""What the noise is, where it goes, and which gradient it gives."""

import keras
import numpy as np
import pytest

from keras_gated.layers import WeightNoise
from tests import reference
from tests.layers.noise import (
    NOISY,
    Revealing,
    assert_noise_on_the_kernels_only,
    differences,
    run_noisy,
)
from tests.units import PEEPHOLE_LSTM, UNITS, normal, randomise, weights_of

BATCH, TIME, FEATURES, SIZE = 3, 5, 2, 4
RATE = 0.5


def to_numpy(tensor):
    return keras.ops.convert_to_numpy(tensor)


def dense_on_unit_vectors(size, **arguments):
    """A noisy layer and inputs for which the outputs are its kernel plus its bias."""
    layer = WeightNoise(keras.layers.Dense(size, bias_initializer="ones"), **arguments)
    return layer, np.eye(size, dtype="float32")


def draw(layer, unit_vectors):
    """The noise of the next training step."""
    noisy = to_numpy(layer(unit_vectors, training=True))
    kernel, bias = layer.get_weights()
    return noisy - bias - kernel


@pytest.mark.parametrize("stddev", [0.075, 2.0])
def test_noise_is_normal_with_the_given_deviation(stddev):
    noise = draw(*dense_on_unit_vectors(100, stddev=stddev, seed=1)) / stddev
    entries = noise.size
    assert abs(np.mean(noise)) < 4 / np.sqrt(entries)
    assert abs(np.mean(noise**2) - 1) < 4 * np.sqrt(2 / entries)
    assert abs(np.mean(noise**4) - 3) < 4 * np.sqrt(96 / entries)


def test_no_noise_at_inference(unit):
    layer = randomise(unit.make(SIZE, return_sequences=True), FEATURES)
    noisy = WeightNoise(layer, stddev=1.0)
    x = normal(BATCH, TIME, FEATURES)
    clean = to_numpy(layer(x))
    np.testing.assert_array_equal(to_numpy(noisy(x)), clean)


def test_zero_deviation_is_the_clean_layer(unit):
    layer = randomise(unit.make(SIZE), FEATURES)
    x = normal(BATCH, TIME, FEATURES)
    found = WeightNoise(layer, stddev=0)(x, training=True)
    np.testing.assert_array_equal(to_numpy(found), to_numpy(layer(x)))


def test_training_runs_the_layer_with_noisy_kernels(unit):
    """All sequences and all steps with the same ones."""
    layer = randomise(unit.make(SIZE, return_sequences=True), FEATURES)
    before = layer.get_weights()
    x = normal(BATCH, TIME, FEATURES)
    found, noisy_weights = run_noisy(layer, x)
    assert_noise_on_the_kernels_only(layer, noisy_weights)
    outputs, _ = unit.run_reference(x, noisy_weights)
    np.testing.assert_allclose(found, outputs, rtol=1e-5, atol=2e-6)
    for weight, clean in zip(layer.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, clean)


def test_rows_and_steps_share_the_noise():
    layer, unit_vectors = dense_on_unit_vectors(4, stddev=0.5)
    x = np.stack([np.roll(unit_vectors, shift, axis=0) for shift in range(4)])
    outputs = to_numpy(layer(x, training=True))
    for shift in range(4):
        found = np.roll(outputs[shift], -shift, axis=0)
        np.testing.assert_allclose(found, outputs[0], rtol=1e-6)


def test_kernels_have_noise_of_their_own():
    """A recurrent kernel of the same shape as the kernel does not repeat its noise."""
    layer = keras.layers.SimpleRNN(SIZE)
    _, noisy_weights = run_noisy(layer, normal(BATCH, TIME, SIZE))
    kernel_noise, recurrent_noise = (
        noise for name, noise in differences(layer, noisy_weights) if name in NOISY
    )
    assert np.all(kernel_noise != recurrent_noise)


def test_seed():
    def draws(seed):
        layer, unit_vectors = dense_on_unit_vectors(4, stddev=0.5, seed=seed)
        layer(unit_vectors)
        layer.layer.set_weights([np.zeros((4, 4)), np.zeros(4)])
        return [draw(layer, unit_vectors) for _ in range(3)]

    first, second, third = draws(seed=5)
    assert np.all(first != second)
    assert np.all(second != third)
    np.testing.assert_array_equal([first, second, third], draws(seed=5))
    assert np.all(first != draws(seed=6)[0])
    assert np.all(draws(seed=None)[0] != draws(seed=None)[0])


@pytest.mark.parametrize(
    ("unit", "jit_compile"),
    [
        *[(unit, True) for unit in UNITS],
        (PEEPHOLE_LSTM, False),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_fit_applies_the_gradient_at_the_noisy_weights_to_the_clean_ones(
    unit, jit_compile, backend
):
    # On torch a loop over time always runs eagerly.
    jit_compile = jit_compile and backend != "torch"
    layer = randomise(unit.make(SIZE, return_sequences=True), FEATURES)
    x = normal(BATCH, TIME, FEATURES)
    y = normal(BATCH, TIME, SIZE, seed=8)
    _, noisy_weights = run_noisy(layer, x, 0.5, seed=3, jit_compile=jit_compile)

    def loss(*weights):
        outputs, _ = unit.run_reference(x, weights)
        return np.mean((outputs - y) ** 2)

    gradients = reference.complex_step_gradient(
        loss, [weight.astype("float64") for weight in noisy_weights]
    )
    expected = [
        weight - RATE * gradient
        for weight, gradient in zip(weights_of(layer), gradients, strict=True)
    ]
    model = keras.Sequential(
        [keras.Input((None, FEATURES)), WeightNoise(layer, stddev=0.5, seed=3)]
    )
    model.compile(keras.optimizers.SGD(RATE), "mse", jit_compile=jit_compile)
    history = model.fit(x, y, verbose=0).history
    np.testing.assert_allclose(history["loss"], [loss(*noisy_weights)], rtol=1e-5)
    for found, weight in zip(weights_of(layer), expected, strict=True):
        np.testing.assert_allclose(found, weight, rtol=1e-5, atol=2e-6)


def test_saving_keeps_the_place_in_the_sequence_of_draws(tmp_path):
    layer, unit_vectors = dense_on_unit_vectors(4, stddev=0.5, seed=5)
    model = keras.Sequential([keras.Input((4,)), layer])
    layer.layer.set_weights([np.zeros((4, 4)), np.zeros(4)])
    for _ in range(3):
        draw(layer, unit_vectors)
    model.save(tmp_path / "model.keras")
    expected = draw(layer, unit_vectors)

    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(draw(loaded.layers[0], unit_vectors), expected)


def test_config(unit):
    layer = WeightNoise(
        unit.make(SIZE, go_backwards=True, name="inside"),
        stddev=0.25,
        seed=17,
        name="noisy",
        trainable=False,
        dtype="mixed_bfloat16",
    )
    config = layer.get_config()
    again = WeightNoise.from_config(layer.get_config())
    assert again.get_config() == config
    assert (again.stddev, again.seed, again.name) == (0.25, 17, "noisy")
    assert again.dtype_policy.name == "mixed_bfloat16"
    assert again.layer.get_config() == layer.layer.get_config()


@pytest.mark.parametrize("stddev", [-0.1, float("nan"), float("inf")])
def test_deviation_must_be_a_positive_number(stddev):
    with pytest.raises(ValueError, match=f"stddev={stddev}"):
        WeightNoise(keras.layers.Dense(3), stddev=stddev)


@pytest.mark.parametrize(
    ("layer", "x"),
    [
        (keras.layers.Embedding(3, 2, name="words"), np.zeros((2, 3), "int32")),
        (keras.layers.Dropout(0.5, name="words"), np.zeros((2, 3), "float32")),
    ],
    ids=["embedding", "dropout"],
)
def test_there_must_be_a_kernel(layer, x):
    message = f"kernel or recurrent_kernel.*'words'.*{type(layer).__name__}"
    with pytest.raises(ValueError, match=message):
        WeightNoise(layer)(x)


@pytest.mark.parametrize("layer", [None, "gru", Revealing, abs])
def test_only_layers_can_be_wrapped(layer):
    with pytest.raises(ValueError, match="isn't a supported layer type"):
        WeightNoise(layer)
