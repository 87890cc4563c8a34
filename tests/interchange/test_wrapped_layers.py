"""What is written of a layer with replaced weights computes what it does at inference.

Of a `WeightNormalization` that is not the layer inside it.
"""

import keras
import pytest

from keras_gated.interchange import to_flax, to_keras, to_onnx, to_torch
from keras_gated.layers import GRU, SimpleRNN, WeightNormalization
from tests import needs
from tests.interchange.peers import FEATURES, SIZE, assert_close, inputs, outputs_of
from tests.layers.wrappers import WRAPPERS
from tests.units import random_weights


@pytest.fixture(params=WRAPPERS.values(), ids=WRAPPERS.keys())
def wrapped(request):
    """A wrapped GRU that each of the others has, too."""
    layer = GRU(SIZE, reset_after=True, return_sequences=True)
    return with_random_weights(request.param(layer))


def with_random_weights(wrapper, features=FEATURES):
    wrapper.build((None, None, features))
    wrapper.set_weights(random_weights(wrapper))
    return wrapper


def test_keras(wrapped):
    found = to_keras(wrapped)
    assert type(found) is keras.layers.GRU
    assert_close(outputs_of(found, inputs()), outputs_of(wrapped, inputs()))


def test_torch(wrapped):
    torch = needs.package("torch")
    with torch.no_grad():
        found, _ = to_torch(wrapped)(torch.from_numpy(inputs()))
    assert_close(found.numpy(), outputs_of(wrapped, inputs()))


def test_onnx(wrapped):
    runtime = needs.package("onnxruntime")
    dense = WeightNormalization(keras.layers.Dense(3), ["kernel"])
    head = with_random_weights(dense, SIZE)
    model = keras.Sequential([keras.Input((None, FEATURES)), wrapped, head])
    for exported, expected in ((wrapped, wrapped), (model, model)):
        session = runtime.InferenceSession(to_onnx(exported).SerializeToString())
        (found,) = session.run(None, {"inputs": inputs()})
        assert_close(found, outputs_of(expected, inputs()))


def test_flax_reads_the_normalized_weights():
    wrapper = with_random_weights(WeightNormalization(SimpleRNN(SIZE)))
    found = to_flax(wrapper)
    expected = to_flax(wrapper.inference_layer())
    assert_close(found["h"]["kernel"], expected["h"]["kernel"])
    assert abs(found["h"]["kernel"] - to_flax(wrapper.layer)["h"]["kernel"]).max() > 0.1
