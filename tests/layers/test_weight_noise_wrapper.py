"""`WeightNoise` as a wrapper: other layers, their states, losses and masks."""

import keras
import numpy as np
import pytest

from keras_gated.layers import WeightNoise
from tests import reference
from tests.layers.noise import assert_noise_on_the_kernels_only, run_noisy
from tests.tiers import exhaustive_elsewhere
from tests.units import PEEPHOLE_LSTM, normal, random_weights, randomise, weights_of

BATCH, TIME, FEATURES, SIZE = 3, 5, 2, 4

MASK = np.array([[0, 1, 1, 0, 1], [1, 0, 0, 1, 1], [0, 0, 0, 0, 0]], bool)


def dense_with_statistics():
    return keras.Sequential(
        [
            keras.layers.Dense(SIZE),
            keras.layers.BatchNormalization(momentum=0.0),
            keras.layers.Dropout(0.5, seed=4),
        ]
    )


LAYERS = {
    "dense": lambda: keras.layers.Dense(SIZE),
    "convolution": lambda: keras.layers.Conv1D(SIZE, 3, padding="same"),
    "keras lstm": lambda: keras.layers.LSTM(SIZE, return_sequences=True),
    "bidirectional": lambda: keras.layers.Bidirectional(
        PEEPHOLE_LSTM.make(SIZE, return_sequences=True)
    ),
    "sequential": dense_with_statistics,
}


@pytest.fixture(params=LAYERS.values(), ids=LAYERS.keys())
def layer(request):
    return randomise(request.param(), FEATURES)


def to_numpy(tensor):
    return keras.ops.convert_to_numpy(tensor)


@pytest.fixture(params=[False, True], ids=["graph", "xla"])
def jit_compile(request, backend):
    if request.param and backend == "torch":
        pytest.skip("loops over time run eagerly on torch")
    return request.param


def test_every_kernel_inside_has_noise(layer):
    x = normal(BATCH, TIME, FEATURES)
    outputs, noisy_weights = run_noisy(layer, x)
    assert_noise_on_the_kernels_only(layer, noisy_weights)
    assert outputs.shape == layer.compute_output_shape(x.shape)
    if not isinstance(layer, keras.Sequential):
        layer.set_weights(noisy_weights)
        np.testing.assert_allclose(to_numpy(layer(x)), outputs, rtol=1e-5, atol=2e-6)


@exhaustive_elsewhere
def test_a_model_of_noisy_layers_trains_saves_and_loads(backend, tmp_path):
    model = keras.Sequential(
        [
            keras.Input((None, FEATURES)),
            *[WeightNoise(make(), stddev=0.1) for make in LAYERS.values()],
        ]
    )
    model.compile("adam", "mse", jit_compile=backend != "torch")
    x, y = normal(BATCH, TIME, FEATURES), normal(BATCH, TIME, SIZE)
    before = model.get_weights()
    history = model.fit(x, y, verbose=0).history
    assert np.all(np.isfinite(history["loss"]))
    for weight, old in zip(model.get_weights(), before, strict=True):
        assert np.any(weight != old)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.to_json() == model.to_json()
    for weight, saved in zip(loaded.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, saved)


def fit_one_step(layer, x, y, rate, jit_compile):
    """One step of training with the first draw of seed 3, and its loss."""
    model = keras.Sequential(
        [keras.Input((None, FEATURES)), WeightNoise(layer, stddev=0.5, seed=3)]
    )
    model.compile(keras.optimizers.SGD(rate), "mse", jit_compile=jit_compile)
    return model.fit(x, y, verbose=0).history["loss"][0]


def test_statistics_and_random_states_inside_advance(jit_compile):
    layer = randomise(dense_with_statistics(), FEATURES)
    _, normalization, dropout = layer.layers
    x = normal(BATCH, TIME, FEATURES)
    y = normal(BATCH, TIME, SIZE)
    _, (kernel, bias, *_) = run_noisy(layer, x, 0.5, seed=3, jit_compile=jit_compile)
    expected = np.mean(x @ kernel + bias, axis=(0, 1))
    for calls in (1, 2):
        found = to_numpy(normalization.moving_mean)
        np.testing.assert_allclose(found, expected, rtol=1e-5)
        np.testing.assert_array_equal(dropout.seed_generator.state.numpy(), [4, calls])
        normalization.moving_mean.assign(np.zeros(SIZE))
        if calls == 1:
            fit_one_step(layer, x, y, rate=0.0, jit_compile=jit_compile)


class PenalisedDense(keras.layers.Dense):
    """A dense layer with every kind of loss that a layer can have."""

    def __init__(self, units):
        super().__init__(
            units,
            kernel_regularizer=keras.regularizers.L2(0.2),
            activity_regularizer=keras.regularizers.L2(0.3),
        )

    def call(self, inputs):
        outputs = super().call(inputs)
        self.add_loss(0.1 * keras.ops.sum(outputs))
        return outputs


def test_losses_of_the_layer_reach_the_model_once(jit_compile):
    """Penalties on weights see the clean ones, penalties on outputs the noisy run."""
    layer = randomise(PenalisedDense(SIZE), FEATURES)
    x, y = normal(BATCH, TIME, FEATURES), normal(BATCH, TIME, SIZE, seed=8)
    _, (noisy_kernel, _) = run_noisy(layer, x, 0.5, seed=3, jit_compile=jit_compile)
    weights = weights_of(layer)
    noise = noisy_kernel - weights[0]

    def loss(kernel, bias):
        outputs = x @ (kernel + noise) + bias
        return (
            np.mean((outputs - y) ** 2)
            + 0.1 * np.sum(outputs)
            + 0.3 * np.sum(outputs**2) / BATCH
            + 0.2 * np.sum(kernel**2)
        )

    gradients = reference.complex_step_gradient(loss, weights)
    found = fit_one_step(layer, x, y, rate=0.1, jit_compile=jit_compile)
    np.testing.assert_allclose(found, loss(*weights), rtol=1e-5)
    for new, old, gradient in zip(weights_of(layer), weights, gradients, strict=True):
        np.testing.assert_allclose(new, old - 0.1 * gradient, rtol=1e-5, atol=2e-6)


def test_losses_outside_of_a_model():
    layer = randomise(PenalisedDense(SIZE), FEATURES)
    noisy = WeightNoise(layer, stddev=0.5)
    for _ in range(2):
        outputs = to_numpy(noisy(normal(BATCH, TIME, FEATURES), training=True))
        expected = [
            0.1 * np.sum(outputs),
            0.2 * np.sum(layer.get_weights()[0] ** 2),
            0.3 * np.sum(outputs**2) / BATCH,
        ]
        found = sorted(float(to_numpy(loss)) for loss in noisy.losses)
        np.testing.assert_allclose(found, sorted(expected), rtol=1e-5)


def test_mask_and_states_pass_through(unit):
    layer = randomise(
        unit.make(SIZE, return_sequences=True, return_state=True), FEATURES
    )
    x, states = normal(BATCH, TIME, FEATURES), normal(unit.states, BATCH, SIZE, seed=4)
    arguments = {"initial_state": list(states), "mask": MASK}
    clean = WeightNoise(layer)(x, **arguments)
    noisy, noisy_weights = run_noisy(layer, x, **arguments)
    for found, weights in ((clean, weights_of(layer)), (noisy, noisy_weights)):
        expected, final = unit.run_reference(x, weights, states, mask=MASK)
        for one, other in zip(found, [expected, *final], strict=True):
            np.testing.assert_allclose(to_numpy(one), other, rtol=1e-5, atol=2e-6)


@pytest.mark.parametrize("return_sequences", [False, True])
def test_mask_of_the_outputs(return_sequences):
    layer = PEEPHOLE_LSTM.make(
        SIZE, return_sequences=return_sequences, return_state=True
    )
    x = normal(BATCH, TIME, FEATURES)
    assert WeightNoise(layer).compute_mask(x, MASK) == [
        MASK if return_sequences else None,
        None,
        None,
    ]


def test_functional_model_with_mask_and_states(unit):
    """Keras hands on no mask with an initial state, so each has a layer of its own."""
    arguments = {"return_sequences": True, "return_state": True}
    first, second, third = (
        unit.make(SIZE, **arguments),
        unit.make(SIZE),
        unit.make(SIZE),
    )
    inputs = keras.Input((None, FEATURES))
    masked, *states = WeightNoise(first)(keras.layers.Masking(-1.0)(inputs))
    model = keras.Model(
        inputs,
        [WeightNoise(second)(masked), WeightNoise(third)(inputs, initial_state=states)],
    )
    assert model.output_shape == [(None, SIZE)] * 2
    model.set_weights(random_weights(model))

    x = np.where(MASK[..., None], normal(BATCH, TIME, FEATURES), np.float32(-1))
    outputs, states = unit.run_reference(x, weights_of(first), mask=MASK)
    from_outputs, _ = unit.run_reference(outputs, weights_of(second), mask=MASK)
    from_states, _ = unit.run_reference(x, weights_of(third), states)
    found = model.predict(x, verbose=0)
    for one, other in zip(found, (from_outputs, from_states), strict=True):
        np.testing.assert_allclose(one, other[:, -1], rtol=1e-5, atol=2e-6)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_noise_is_not_lost_in_mixed_precision(policy):
    """The sum of weight and noise is rounded, not one of them before the other."""
    keras.config.set_dtype_policy(policy)
    dtype = policy.removeprefix("mixed_")
    layer = randomise(keras.layers.Dense(SIZE), FEATURES)
    x = np.eye(FEATURES, dtype="float32")[None]
    outputs, (kernel, bias) = run_noisy(layer, x, stddev=0.075)
    kernel, bias = (keras.ops.cast(weight, dtype) for weight in (kernel, bias))
    expected = keras.ops.cast(kernel + bias, "float32")
    found = keras.ops.cast(outputs, "float32")
    np.testing.assert_array_equal(to_numpy(found)[0], to_numpy(expected))
