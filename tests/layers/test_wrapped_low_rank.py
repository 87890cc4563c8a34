"""Low-rank updates (LoRA) are part of a weight; the rest is in tests/conformance."""

import keras
import numpy as np
import pytest

from keras_gated.layers import AdaptiveWeightNoise, DropConnect, WeightNormalization
from tests.layers.test_wrapped_quantization import SIZE, TOKENS, X, wrapped_embedding
from tests.layers.wrappers import to_numpy
from tests.units import normal

pytestmark = pytest.mark.once


def with_update(layer, shape=X.shape):
    """A built layer whose update is no small one, and the sum with it."""
    if not layer.built:
        layer.build(shape)
    layer.enable_lora(2, lora_alpha=3)
    (weight,) = (v for v in layer.weights if v.name in ("kernel", "embeddings"))
    factors = [v for v in layer.weights if v.name.startswith("lora")]
    for factor in factors:
        factor.assign(normal(*factor.shape))
    first, second = map(to_numpy, factors)
    return to_numpy(weight) + 3 / 2 * first @ second


def test_normalized_is_the_sum():
    wrapper = WeightNormalization(keras.layers.Dense(SIZE), ["kernel"])
    wrapper.build(X.shape)
    lengths = to_numpy(wrapper.magnitudes[0])
    total = with_update(wrapper.layer)
    expected = X @ (total * lengths / np.linalg.norm(total, axis=0))
    np.testing.assert_allclose(to_numpy(wrapper(X)), expected, rtol=1e-4, atol=1e-5)
    alone = wrapper.inference_layer()
    np.testing.assert_allclose(to_numpy(alone(X)), expected, rtol=1e-4, atol=1e-5)


def test_entries_of_the_sum_are_dropped():
    layer = keras.layers.Dense(SIZE)
    total = with_update(layer)
    wrapper = DropConnect(layer, 0.5, ["kernel"], seed=1)
    used = to_numpy(wrapper(np.eye(2, dtype="float32")[None], training=True))[0]
    dropped = used == 0
    assert 0 < dropped.sum() < dropped.size
    np.testing.assert_allclose(used[~dropped], 2 * total[~dropped], rtol=1e-5)


def test_the_sum_is_described():
    layer = keras.layers.Dense(SIZE)
    total = with_update(layer)
    wrapper = AdaptiveWeightNoise(layer, examples=10)
    wrapper.build(X.shape)
    plain = keras.layers.Dense(SIZE)
    plain.build(X.shape)
    plain.kernel.assign(total)
    other = AdaptiveWeightNoise(plain, examples=10)
    other.build(X.shape)
    found, expected = (to_numpy(w.complexity()) for w in (wrapper, other))
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    (ratios,), (others,) = (w.signal_to_noise().values() for w in (wrapper, other))
    np.testing.assert_allclose(ratios, others, rtol=1e-4)


@pytest.mark.parametrize("name", ["drop connect", "weight normalization", "adaptive"])
def test_embeddings(name, tmp_path):
    wrapper = wrapped_embedding(name)
    model = keras.Sequential([keras.Input(TOKENS.shape[1:], dtype="int32"), wrapper])
    with_update(wrapper.layer)
    model.save(tmp_path / "m.keras")
    loaded = keras.saving.load_model(tmp_path / "m.keras")
    found, expected = (to_numpy(m(TOKENS)) for m in (loaded, model))
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
