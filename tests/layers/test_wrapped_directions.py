"""Wrappers of weights inside of Bidirectional; the rest is in tests/conformance."""

import keras
import numpy as np
import pytest

from keras_gated.layers import DropConnect, PeepholeLSTM, WeightNoise
from keras_gated.layers import WeightNormalization as Normalized
from tests.layers.wrappers import KERNELS, to_numpy
from tests.units import normal

pytestmark = pytest.mark.once

X = normal(3, 5, 2)


def test_a_wrapper_in_a_wrapper_turns_round():
    inner = DropConnect(PeepholeLSTM(4, return_sequences=True), 0.5, KERNELS, seed=3)
    layer = keras.layers.Bidirectional(Normalized(inner, KERNELS))
    outputs = to_numpy(layer(X))
    directions = layer.forward_layer, layer.backward_layer
    assert [wrapper.layer.layer.go_backwards for wrapper in directions] == [False, True]
    assert [wrapper.go_backwards for wrapper in directions] == [False, True]
    seeds = [wrapper.layer.seed for wrapper in directions]
    assert seeds[0] == 3 != seeds[1]
    again = type(layer).from_config(layer.get_config())
    assert [w.layer.seed for w in (again.forward_layer, again.backward_layer)] == seeds
    again.build(X.shape)
    again.set_weights(layer.get_weights())
    np.testing.assert_array_equal(to_numpy(again(X)), outputs)


def test_it_has_what_the_layer_has():
    wrapper = WeightNoise(PeepholeLSTM(4, return_state=True))
    assert (wrapper.return_state, wrapper.return_sequences) == (True, False)
    wrapper.zero_output_for_mask = True
    assert wrapper.layer.zero_output_for_mask
    assert not hasattr(WeightNoise(keras.layers.Dense(4)), "go_backwards")


def test_a_config_is_left_as_it_was():
    config = WeightNoise(PeepholeLSTM(4)).get_config()
    kept = {**config}
    WeightNoise.from_config(config)
    assert config == kept
