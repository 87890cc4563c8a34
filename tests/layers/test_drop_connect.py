"""Which entries `DropConnect` drops, and the gradient of those that it keeps."""

import keras
import numpy as np
import pytest

from keras_gated.layers import DropConnect
from tests import reference
from tests.gradients import gradients
from tests.layers.wrappers import KERNELS, reveal, to_numpy
from tests.units import GRU_BEFORE, normal, randomise, weights_of

BATCH, TIME, FEATURES, SIZE = 3, 5, 2, 4


@pytest.mark.parametrize("rate", [0.2, 0.75])
def test_share_and_scale_of_what_is_left(rate):
    size = 100
    kernel = np.random.default_rng(1).normal(size=(size, size)).astype("float32")
    layer = keras.layers.Dense(size, use_bias=False)
    wrapper = DropConnect(layer, rate, ["kernel"], seed=1)
    wrapper.build((None, size))
    layer.set_weights([kernel])
    identity = np.eye(size, dtype="float32")
    first, second = (to_numpy(wrapper(identity, training=True)) for _ in range(2))
    for found in (first, second):
        kept = found != 0
        np.testing.assert_allclose(found[kept], kernel[kept] / (1 - rate), rtol=1e-6)
        deviation = np.sqrt(rate * (1 - rate) / size**2)
        assert abs(np.mean(~kept) - rate) < 4 * deviation
    both = np.mean((first == 0) & (second == 0))
    assert abs(both - rate**2) < 4 * np.sqrt(rate**2 * (1 - rate**2) / size**2)


def test_the_recurrent_kernel_alone_by_default():
    layer = randomise(GRU_BEFORE.make(SIZE), FEATURES)
    x = normal(BATCH, TIME, FEATURES)
    _, used = reveal(lambda layer: DropConnect(layer, 0.5, seed=1), layer, x)
    for weight, value in zip(layer.trainable_weights, used, strict=False):
        changed = np.any(to_numpy(weight) != value)
        assert changed == (weight.name == "recurrent_kernel")


def test_rate_zero_is_the_layer():
    layer = randomise(GRU_BEFORE.make(SIZE), FEATURES)
    x = normal(BATCH, TIME, FEATURES)
    found = DropConnect(layer, 0.0)(x, training=True)
    np.testing.assert_array_equal(to_numpy(found), to_numpy(layer(x)))


def test_gradient_reaches_what_is_kept(float64):
    layer = randomise(GRU_BEFORE.make(SIZE, return_sequences=True), FEATURES)
    x = np.asarray(normal(BATCH, TIME, FEATURES), "float64")

    def wrap(layer):
        return DropConnect(layer, 0.5, KERNELS, seed=3)

    _, used = reveal(wrap, layer, x)
    weights = weights_of(layer)
    masks = [value / own for value, own in zip(used, weights, strict=False)]
    assert 0 < np.mean(masks[1] == 0) < 1
    assert np.all(masks[2] == 1)

    def loss(*weights):
        used = [weight * mask for weight, mask in zip(weights, masks, strict=True)]
        return np.sum(GRU_BEFORE.run_reference(x, used)[0] ** 2)

    wrapper = wrap(layer)
    found = gradients(
        lambda: keras.ops.sum(keras.ops.square(wrapper(x, training=True))),
        layer.trainable_variables,
    )
    expected = reference.complex_step_gradient(loss, weights)
    for one, other, mask in zip(found, expected, masks, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-9)
        assert np.all(one[mask == 0] == 0)


@pytest.mark.parametrize("rate", [-0.1, 1, float("nan")])
def test_rate_must_be_a_share(rate):
    with pytest.raises(ValueError, match=f"rate={rate}"):
        DropConnect(keras.layers.Dense(3), rate, ["kernel"])
