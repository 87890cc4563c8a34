"""What the tests of weight noise share: sight of the noisy weights."""

import keras
import numpy as np

from keras_gated.layers import WeightNoise

NOISY = ("kernel", "recurrent_kernel")


class Revealing(keras.layers.Wrapper):
    """Puts out what `layer` does, and the weights it was run with."""

    supports_masking = True

    def call(self, inputs, mask=None, **kwargs):
        if mask is not None:
            kwargs["mask"] = mask
        weights = [weight.value for weight in self.layer.weights]
        return self.layer(inputs, **kwargs), weights


def run_noisy(layer, x, stddev=0.5, seed=3, jit_compile=False, **kwargs):
    """The outputs of one training step and the weights behind them, as arrays.

    `layer` is called by a `WeightNoise` of its own, so the noise is always the first
    draw of the seed.
    """
    noisy = WeightNoise(Revealing(layer), stddev, seed)
    noisy.build(x.shape)

    def call():
        return noisy(x, training=True, **kwargs)

    if jit_compile and keras.backend.backend() == "tensorflow":
        # XLA makes other numbers of a seed than TensorFlow does without it.
        import tensorflow as tf

        call = tf.function(call, jit_compile=True)
    return keras.tree.map_structure(keras.ops.convert_to_numpy, call())


def differences(layer, noisy_weights):
    """The noise on each trainable weight of a layer, and the name of the weight."""
    trainable = [id(weight) for weight in layer.trainable_weights]
    return [
        (weight.name, noisy - keras.ops.convert_to_numpy(weight.value))
        for weight, noisy in zip(layer.weights, noisy_weights, strict=True)
        if id(weight) in trainable
    ]


def assert_noise_on_the_kernels_only(layer, noisy_weights):
    for name, noise in differences(layer, noisy_weights):
        assert np.any(noise) == (name in NOISY), name
