"""Wrappers that are wrong on purpose, each in one way."""

import random

import keras
from keras import ops

from keras_gated.layers import WeightNoise
from keras_gated.layers._recurrent_wrapper import RecurrentWrapper

registered = keras.saving.register_keras_serializable("keras_gated_broken")


@registered
class Plain(RecurrentWrapper):
    """Does nothing to the layer; takes layers that assign to their weights."""

    def call(self, inputs, mask=None, **kwargs):
        return self.changed(self.run(inputs, mask, kwargs))

    def run(self, inputs, mask, kwargs):
        if mask is not None:
            kwargs["mask"] = mask
        return self.layer(inputs, **kwargs)

    def changed(self, outputs):
        return outputs

    def compute_output_shape(self, input_shape):
        return self.layer.compute_output_shape(input_shape)


@registered
class MovesWeights(Plain):
    def run(self, inputs, mask, kwargs):
        for variable in self.layer.weights:
            variable.assign(0.9 * variable)
        return super().run(inputs, mask, kwargs)


@registered
class HidesState(Plain):
    """Has a factor of its own that nobody else sees."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.factor = random.random()

    def changed(self, outputs):
        return keras.tree.map_structure(lambda y: self.factor * y, outputs)


@registered
class CountsCalls(Plain):
    calls = 0

    def changed(self, outputs):
        self.calls += 1
        return outputs * self.calls


@registered
class TakesAnyFile(Plain):
    def __init__(self, layer, **kwargs):
        super().__init__(layer, **kwargs)
        layer.load_own_variables = lambda store: None


@registered
class DoublesQuantized(Plain):
    def changed(self, outputs):
        return outputs * (1 if self.layer.quantization_mode is None else 2)


@registered
class DoublesLowRank(Plain):
    def changed(self, outputs):
        return outputs * (2 if self.layer.lora_enabled else 1)


@registered
class StopsGradients(Plain):
    def changed(self, outputs):
        return ops.stop_gradient(outputs)


@registered
class AddsLosses(Plain):
    def changed(self, outputs):
        for loss in self.layer.losses:
            self.add_loss(loss)
        return outputs


@registered
class RunsTwice(Plain):
    def run(self, inputs, mask, kwargs):
        super().run(inputs, mask, kwargs)
        return super().run(inputs, mask, kwargs)


@registered
class NeverTrains(Plain):
    def run(self, inputs, mask, kwargs):
        return super().run(inputs, mask, {**kwargs, "training": False})


@registered
class DropsConstraints(Plain):
    def __init__(self, layer, **kwargs):
        super().__init__(layer, **kwargs)
        layer.kernel_constraint = None


@registered
class IgnoresMasks(Plain):
    supports_masking = True

    def run(self, inputs, mask, kwargs):
        return super().run(inputs, None, kwargs)


@registered
class DrawsTheSame(WeightNoise):
    """Draws the same in both directions."""

    @classmethod
    def backwards_config(cls, config, go_backwards):
        seed = config["seed"]
        return {**super().backwards_config(config, go_backwards), "seed": seed}
