"""The layer under test, made anew with the arguments that a check needs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from keras_gated.testing._arrays import FEATURES
from keras_gated.testing._backends import compiled

Factory = Callable[..., Any]
"""Makes the layer from arguments of `keras.layers.RNN` and of its own."""


@dataclass(frozen=True)
class Subject:
    """A layer under test.

    Attributes:
        make: Makes it, with the arguments given.
        name: What it is called in messages.
    """

    make: Factory
    name: str

    @classmethod
    def of(cls, layer: Any) -> "Subject":
        """The subject that a layer, or a function that makes one, stands for."""
        if isinstance(layer, keras.layers.Layer):
            return cls(factory_of(layer), type(layer).__name__)
        if not callable(layer):
            raise ValueError(
                "check_recurrent_layer needs a layer, or a function of keyword "
                "arguments that makes one, such as functools.partial(GRU, 5). Received "
                f"{layer!r}."
            )
        return cls(layer, type(layer()).__name__)

    def built(self, features: int = FEATURES, **arguments: Any) -> Any:
        """A layer with weights of which none is zero, the biases included."""
        layer = self.make(**arguments)
        with compiled():
            layer.build((None, None, features))
        move_weights(layer)
        return layer

    def twin(self, layer: Any, features: int = FEATURES, **arguments: Any) -> Any:
        """Another layer, made with other arguments, with the same weights."""
        other = self.built(features, **arguments)
        other.set_weights(layer.get_weights())
        return other


def factory_of(layer: Any) -> Factory:
    """Makes layers like the given one, with some arguments changed.

    Those for a wrapper go to the layer inside.
    """

    def make(**arguments: Any) -> Any:
        config = {**layer.get_config()}
        if isinstance(layer, keras.layers.Wrapper):
            inner = factory_of(layer.layer)(**arguments)
            config["layer"] = keras.saving.serialize_keras_object(inner)
        else:
            config.update(arguments)
        return type(layer).from_config(config)

    return make


def move_weights(layer: Any, seed: int = 7, scale: float = 0.3) -> None:
    """Adds random numbers to the trainable weights."""
    rng = np.random.default_rng(seed)
    for variable in layer.trainable_variables:
        value = keras.ops.convert_to_numpy(variable.value)
        variable.assign(value + rng.normal(0, scale, value.shape))
