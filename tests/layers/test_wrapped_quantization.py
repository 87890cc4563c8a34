"""Weights that a wrapped layer quantizes; the rest is in tests/conformance."""

import gc

import keras
import numpy as np
import pytest

from keras_gated.layers import AdaptiveWeightNoise, WeightNoise, WeightNormalization
from tests.layers.wrappers import RANDOM, WRAPPERS, to_numpy
from tests.units import normal

pytestmark = pytest.mark.once

SIZE = 4
X = normal(3, 5, 2)
TOKENS = np.arange(6).reshape(2, 3)


@pytest.fixture(autouse=True)
def little_garbage():
    """Keras collects the garbage for each weight that it deletes."""
    gc.freeze()
    yield
    gc.unfreeze()


def normalized_dense(features=2):
    """A built layer with lengths other than its own, one of them negative."""
    wrapper = WeightNormalization(keras.layers.Dense(SIZE), ["kernel"])
    wrapper.build((None, None, features))
    wrapper.magnitudes[0].assign([-2.0, 0.5, 1.0, 3.0])
    return wrapper


@pytest.mark.parametrize("mode", ["int8", "int4", "float8"])
def test_what_is_quantized_is_the_normalized_weight(mode):
    wrapper = normalized_dense()
    alone = wrapper.inference_layer()
    for layer in (wrapper.layer, alone):
        layer.quantize(mode)
    np.testing.assert_allclose(to_numpy(wrapper(X)), to_numpy(alone(X)), rtol=1e-5)
    assert len(wrapper.magnitudes) == (mode == "float8")
    again = wrapper.inference_layer()
    np.testing.assert_allclose(to_numpy(again(X)), to_numpy(alone(X)), rtol=1e-5)


def test_a_layer_quantized_alone_leaves_the_other_normalized():
    layers = [keras.layers.Dense(SIZE), keras.layers.Dense(SIZE)]
    wrapper = WeightNormalization(keras.Sequential(layers), ["kernel"])
    wrapper.build(X.shape)
    for magnitude in wrapper.magnitudes:
        magnitude.assign(3 * magnitude)
    expected = to_numpy(wrapper(X))
    layers[0].quantize("int8")
    assert [v.path for v in wrapper.replaced_variables()] == [layers[1].kernel.path]
    share = np.abs(to_numpy(wrapper(X)) - expected).max() / np.abs(expected).max()
    assert share < 0.05


def test_a_layer_in_two_normalizations_is_not_quantized():
    first = normalized_dense()
    second = WeightNormalization(first.layer, ["kernel"], name="second")
    second.build(X.shape)
    expected = to_numpy(first(X))
    with pytest.raises(ValueError, match=r"is in the WeightNormalization.*'second'"):
        first.layer.quantize("int8")
    np.testing.assert_array_equal(to_numpy(first(X)), expected)


@pytest.mark.parametrize("wrap", RANDOM.values(), ids=RANDOM.keys())
def test_it_warns_that_nothing_is_left_to_draw(wrap):
    wrapper = wrap(keras.layers.Dense(SIZE))
    wrapper.build(X.shape)
    wrapper.layer.quantize("int8")
    expected = to_numpy(wrapper(X))
    with pytest.warns(UserWarning, match=r"does nothing: 'dense.*' has quantized all"):
        found = wrapper(X, training=True)
    np.testing.assert_array_equal(to_numpy(found), expected)
    assert wrapper.losses == []


def test_nothing_is_left_to_describe():
    wrapper = AdaptiveWeightNoise(keras.layers.Dense(SIZE), examples=10)
    wrapper.build(X.shape)
    wrapper.layer.quantize("int8")
    for ask in (wrapper.complexity, wrapper.compression):
        with pytest.raises(ValueError, match="has quantized all weights"):
            ask()


@pytest.mark.parametrize("mode", ["int8", "int4"])
@pytest.mark.parametrize("name", ["drop connect", "weight normalization", "adaptive"])
def test_embeddings(name, mode):
    wrapper = wrapped_embedding(name)
    expected = to_numpy(wrapper(TOKENS))
    wrapper.layer.quantize(mode)
    found = to_numpy(wrapper(TOKENS))
    tolerance = 0.02 if mode == "int8" else 0.2
    assert np.abs(found - expected).max() < tolerance * np.abs(expected).max()


def wrapped_embedding(name):
    """Of the wrappers those that take names of weights."""
    kind = type(WRAPPERS[name](keras.layers.Dense(1)))
    settings = {"rate": 0.5} if name == "drop connect" else {}
    settings |= {"examples": 10} if name == "adaptive" else {}
    layer = keras.layers.Embedding(6, SIZE)
    wrapper = kind(layer, weight_names=["embeddings"], **settings)
    wrapper.build(TOKENS.shape)
    for magnitude in getattr(wrapper, "magnitudes", ()):
        magnitude.assign(2 * magnitude)
    return wrapper


def noisy_dense(features):
    return WeightNoise(keras.layers.Dense(SIZE))


@pytest.mark.parametrize("make", [normalized_dense, noisy_dense])
def test_gptq(make):
    # With both signs in each column: GPTQ of Keras 3.15 is far off for one with one.
    wrapper = make(features=16)
    model = keras.Sequential([keras.Input((8,), dtype="int32")])
    model.add(keras.layers.Embedding(6, 16))
    model.add(keras.Sequential([wrapper]))
    tokens = np.arange(16).reshape(2, 8) % 6
    expected = to_numpy(model(tokens))
    structure = {
        "pre_block_layers": [model.layers[0]],
        "sequential_blocks": [model.layers[1]],
    }
    config = keras.quantizers.GPTQConfig(
        dataset=[tokens[:1], tokens[1:]],
        tokenizer=np.asarray,
        weight_bits=8,
        num_samples=2,
        sequence_length=8,
        group_size=-1,
        quantization_layer_structure=structure,
    )
    model.quantize(config=config, filters="dense")
    found = to_numpy(model(tokens))
    assert wrapper.replaced_weights() == []
    assert np.abs(found - expected).max() < 0.05 * np.abs(expected).max()
