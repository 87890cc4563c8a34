"""What masks become behind Keras' wrappers, whose versions differ in it."""

import keras
import numpy as np
import pytest

import keras_gated
from keras_gated.layers import (
    GRU,
    AdaptiveWeightNoise,
    BernoulliHead,
    DropConnect,
    GRUCell,
    WeightNoise,
    WeightNormalization,
)
from tests.layers.wrappers import to_numpy

FEATURES, SIZE, STEPS, PADDED = 3, 4, 5, 9
VERSION = tuple(map(int, keras.__version__.split(".")[:2]))
KERAS_HANDS_ON = VERSION < (3, 16)

pytestmark = pytest.mark.filterwarnings(
    # Keras 3.16 says so where it destroys a mask.
    *(() if KERAS_HANDS_ON else ("ignore:Layer .* does not support masking",))
)


def gru():
    return GRU(SIZE, return_sequences=True)


OURS = {
    "GRU": gru,
    "go_backwards": lambda: GRU(SIZE, return_sequences=True, go_backwards=True),
    "WeightNoise": lambda: WeightNoise(gru()),
    "AdaptiveWeightNoise": lambda: AdaptiveWeightNoise(gru(), examples=3),
    "DropConnect": lambda: DropConnect(gru(), 0.1),
    "WeightNormalization": lambda: WeightNormalization(WeightNoise(gru())),
    "BernoulliHead": lambda: WeightNoise(BernoulliHead(2)),
}
KERAS = {
    "Bidirectional": lambda: keras.layers.Bidirectional(gru()),
    "noise inside": lambda: keras.layers.Bidirectional(WeightNoise(gru())),
    "noise around": lambda: WeightNoise(keras.layers.Bidirectional(gru())),
    "RNN": lambda: keras.layers.RNN(GRUCell(SIZE), return_sequences=True),
    "TimeDistributed": lambda: keras.layers.TimeDistributed(BernoulliHead(2)),
}


def padded_and_alone():
    x = np.random.default_rng(6).normal(size=(2, STEPS, FEATURES)).astype("float32")
    padded = np.zeros((2, PADDED, FEATURES), "float32")
    padded[:, :STEPS] = x
    return padded, x


def hands_on(layer):
    """Whether what the layer puts out has a mask."""
    padded, _ = padded_and_alone()
    outputs = layer(keras.layers.Masking()(padded))
    return getattr(outputs, "_keras_mask", None) is not None


@pytest.mark.parametrize("name", OURS)
def test_ours_hand_masks_on(name):
    assert hands_on(OURS[name]())


def test_masks_reach_our_layers_inside_those_of_keras():
    padded, alone = padded_and_alone()
    both = keras.layers.Bidirectional(GRU(SIZE))
    expected = to_numpy(both(alone))
    found = to_numpy(both(keras.layers.Masking()(padded)))
    np.testing.assert_allclose(found, expected, 1e-5)


@pytest.mark.parametrize("name", KERAS)
def test_around_ours_those_of_keras_do_what_they_do_around_its_own(name):
    assert hands_on(KERAS[name]()) is KERAS_HANDS_ON


@pytest.mark.parametrize("wrapper", ["Bidirectional", "TimeDistributed"])
def test_a_mask_given_by_hand_holds_behind_them(wrapper, tmp_path):
    """Also in a file of the model, which `supports_masking` is no part of."""
    inputs = keras.Input((None, FEATURES))
    mask = keras.ops.any(inputs != 0, axis=-1)
    if wrapper == "Bidirectional":
        outputs = keras.layers.Bidirectional(gru())(inputs, mask=mask)
    else:
        outputs = gru()(inputs, mask=mask)
        outputs = keras.layers.TimeDistributed(BernoulliHead(SIZE))(outputs)
    model = keras.Model(inputs, GRU(SIZE)(outputs, mask=mask))
    padded, alone = padded_and_alone()
    # Not by predict, where TimeDistributed cuts a second length on TensorFlow.
    expected = to_numpy(model(alone))
    np.testing.assert_allclose(to_numpy(model(padded)), expected, 1e-5, 1e-6)
    model.save(tmp_path / "model.keras")
    loaded = keras_gated.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(to_numpy(loaded(padded)), expected, 1e-5, 1e-6)
