"""The wrappers that replace weights, and sight of what they replace them by."""

import keras

from keras_gated.layers import (
    AdaptiveWeightNoise,
    DropConnect,
    WeightNoise,
    WeightNormalization,
)
from tests.layers.noise import Revealing

KERNELS = ("kernel", "recurrent_kernel")

WRAPPERS = {
    "weight noise": lambda layer: WeightNoise(layer, 0.5, seed=3),
    "drop connect": lambda layer: DropConnect(layer, 0.5, KERNELS, seed=3),
    "weight normalization": lambda layer: WeightNormalization(layer, KERNELS),
    "adaptive": lambda layer: AdaptiveWeightNoise(layer, 10, stddev=0.5, seed=3),
}
"""All of them, each on all kernels of a layer."""

RANDOM = {name: WRAPPERS[name] for name in WRAPPERS if name != "weight normalization"}


def reveal(wrap, layer, x, training=True, **kwargs):
    """The outputs of a wrapped layer, and the weights that it was run with."""
    wrapper = wrap(Revealing(layer))
    if not wrapper.built:
        wrapper.build(x.shape)
    results = wrapper(x, training=training, **kwargs)
    return keras.tree.map_structure(to_numpy, results)


def to_numpy(tensor):
    return keras.ops.convert_to_numpy(tensor)
