"""The weights of `WeightNormalization`, their gradients, and who may be inside."""

import keras
import numpy as np
import pytest

from keras_gated.layers import (
    AdaptiveWeightNoise,
    DropConnect,
    WeightNoise,
    WeightNormalization,
)
from keras_gated.layers.kernel_wrapper import inference_layer
from tests import reference
from tests.gradients import gradients
from tests.layers.wrappers import KERNELS, to_numpy
from tests.units import (
    GRU_AFTER,
    GRU_BEFORE,
    PEEPHOLE_LSTM,
    normal,
    random_weights,
    randomise,
    weights_of,
)

BATCH, TIME, FEATURES, SIZE = 3, 5, 2, 4


def normalized(direction, magnitude):
    """Written with the operations that complex numbers have, too."""
    return direction * (magnitude / np.sqrt(np.sum(direction**2, axis=0)))


def wrapped(layer, names=KERNELS):
    """A built wrapper with magnitudes that are not the lengths of the columns."""
    wrapper = WeightNormalization(layer, names)
    wrapper.build((None, None, FEATURES))
    rng = np.random.default_rng(2)
    for magnitude in wrapper.magnitudes:
        magnitude.assign(rng.uniform(0.5, 2, magnitude.shape))
    return wrapper


def assert_close(found, expected):
    np.testing.assert_allclose(
        to_numpy(found), to_numpy(expected), rtol=1e-5, atol=2e-6
    )


def test_wrapping_changes_nothing_at_first():
    layer = randomise(GRU_BEFORE.make(SIZE, return_sequences=True), FEATURES)
    wrapper = WeightNormalization(layer)
    x = normal(BATCH, TIME, FEATURES)
    for training in (False, True):
        assert_close(wrapper(x, training=training), layer(x))
    (magnitude,) = wrapper.magnitudes
    lengths = np.linalg.norm(weights_of(layer)[1], axis=0)
    np.testing.assert_allclose(to_numpy(magnitude), lengths, rtol=1e-6)


def test_columns_have_the_magnitudes_in_training_and_at_inference():
    layer = keras.layers.Bidirectional(GRU_AFTER.make(SIZE, return_sequences=True))
    layer = randomise(layer, FEATURES)
    x = normal(BATCH, TIME, FEATURES)
    wrapper = wrapped(layer, ["recurrent_kernel"])
    forward, backward = (to_numpy(magnitude) for magnitude in wrapper.magnitudes)
    own = weights_of(layer)
    expected = list(own)
    expected[1] = normalized(own[1], forward)
    expected[4] = normalized(own[4], backward)
    layer.set_weights(expected)
    reference_outputs = to_numpy(layer(x))
    layer.set_weights(own)
    for training in (False, True):
        assert_close(wrapper(x, training=training), reference_outputs)


def test_columns_of_a_convolution():
    layer = randomise(keras.layers.Conv1D(SIZE, 3), FEATURES)
    wrapper = wrapped(layer, ["kernel"])
    ((_, kernel),) = wrapper.replacements(training=False)
    lengths = np.linalg.norm(to_numpy(kernel).reshape(-1, SIZE), axis=0)
    np.testing.assert_allclose(lengths, to_numpy(wrapper.magnitudes[0]), rtol=1e-6)


def test_gradients_of_directions_and_magnitudes(float64):
    layer = randomise(GRU_BEFORE.make(SIZE, return_sequences=True), FEATURES)
    wrapper = wrapped(layer)
    x = np.asarray(normal(BATCH, TIME, FEATURES), "float64")

    def loss(kernel, recurrent, bias, magnitude, recurrent_magnitude):
        weights = (
            normalized(kernel, magnitude),
            normalized(recurrent, recurrent_magnitude),
            bias,
        )
        return np.sum(GRU_BEFORE.run_reference(x, weights)[0] ** 2)

    variables = [*layer.trainable_variables, *wrapper.magnitudes]
    found = gradients(
        lambda: keras.ops.sum(keras.ops.square(wrapper(x, training=True))), variables
    )
    values = [np.asarray(to_numpy(v), "float64") for v in variables]
    expected = reference.complex_step_gradient(loss, values)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-9)
    # What a direction loses along itself the magnitude has.
    np.testing.assert_allclose(np.sum(found[1] * values[1], axis=0), 0, atol=1e-9)


def test_a_column_of_zeros_gives_zeros_and_no_nan():
    layer = randomise(GRU_BEFORE.make(SIZE), FEATURES)
    kernel, recurrent, bias = layer.get_weights()
    recurrent[:, 2] = 0
    layer.set_weights([kernel, recurrent, bias])
    wrapper = WeightNormalization(layer)
    x = normal(BATCH, TIME, FEATURES)
    assert_close(wrapper(x), layer(x))
    found = gradients(
        lambda: keras.ops.sum(wrapper(x, training=True)), wrapper.trainable_variables
    )
    assert all(np.all(np.isfinite(gradient)) for gradient in found)


def test_weights_that_are_set_later():
    x = normal(BATCH, TIME, FEATURES)
    trained = wrapped(randomise(GRU_BEFORE.make(SIZE), FEATURES))
    blank = WeightNormalization(GRU_BEFORE.make(SIZE), KERNELS)
    blank.build(x.shape)
    blank.set_weights(trained.get_weights())
    assert_close(blank(x), trained(x))

    layer = randomise(GRU_BEFORE.make(SIZE), FEATURES, seed=8)
    blank.layer.set_weights(layer.get_weights())
    blank.reset_magnitudes()
    assert_close(blank(x), layer(x))


@pytest.mark.parametrize(
    "make",
    [
        lambda: PEEPHOLE_LSTM.make(SIZE, name="inside"),
        lambda: keras.layers.Bidirectional(GRU_BEFORE.make(SIZE), name="inside"),
        lambda: keras.layers.Dense(SIZE, name="inside"),
        lambda: DropConnect(GRU_BEFORE.make(SIZE, name="inside"), 0.5),
    ],
    ids=["lstm", "bidirectional", "dense", "drop connect"],
)
def test_layer_without_the_wrapper(make):
    wrapper = wrapped(randomise(make(), FEATURES), KERNELS)
    x = normal(BATCH, TIME, FEATURES)
    plain = inference_layer(wrapper)
    assert plain.name == "inside"
    assert not isinstance(plain, WeightNormalization | DropConnect)
    assert_close(plain(x), wrapper(x))
    before = to_numpy(plain(x))
    wrapper.set_weights(random_weights(wrapper, seed=5))
    np.testing.assert_array_equal(to_numpy(plain(x)), before)


def test_a_layer_without_weights_is_not_copied():
    with pytest.raises(ValueError, match="no weights yet"):
        inference_layer(WeightNormalization(GRU_BEFORE.make(SIZE)))


@pytest.mark.parametrize("noise", [DropConnect, WeightNoise])
def test_noise_inside_acts_on_the_normalized_weights(noise):
    layer = randomise(GRU_BEFORE.make(SIZE), FEATURES)
    x = normal(BATCH, TIME, FEATURES)
    wrapper = wrapped(noise(layer, 0.5, seed=3), ["recurrent_kernel"])
    found = to_numpy(wrapper(x, training=True))
    plain = inference_layer(wrapped(layer, ["recurrent_kernel"]))
    assert_close(wrapper(x), plain(x))
    assert_close(found, noise(plain, 0.5, seed=3)(x, training=True))


@pytest.mark.parametrize(
    "outer",
    [
        lambda layer: DropConnect(layer, 0.5),
        WeightNoise,
        lambda layer: AdaptiveWeightNoise(layer, 10),
        WeightNormalization,
    ],
    ids=["drop connect", "weight noise", "adaptive", "twice"],
)
def test_nothing_goes_around_it(outer):
    inside = WeightNormalization(GRU_BEFORE.make(SIZE), name="inside")
    with pytest.raises(ValueError, match=r"WeightNormalization 'inside'.*Put it insid"):
        outer(inside)
    with pytest.raises(ValueError, match="'inside'"):
        outer(keras.Sequential([inside]))


def test_adaptive_noise_does_not_go_inside():
    inside = AdaptiveWeightNoise(GRU_BEFORE.make(SIZE), 10, name="inside")
    with pytest.raises(ValueError, match=r"AdaptiveWeightNoise 'inside'.*one of the"):
        WeightNormalization(inside)
