"""What wrappers that learn something about each weight have in common."""

import functools
from abc import abstractmethod
from typing import Any

from keras_gated._types import Shape
from keras_gated.layers._replaced_weight import ReplacedWeight, is_quantized
from keras_gated.layers.kernel_wrapper import KernelWrapper


class LearningKernelWrapper(KernelWrapper):
    """A `KernelWrapper` that has a trainable weight of its own beside each other one.

    Once the layer quantizes a weight, the one beside it is gone.
    """

    beside = ""
    """What the weights of the wrapper are called, behind those of the layer."""

    @abstractmethod
    def shape_and_initializer(self, weight: ReplacedWeight) -> dict[str, Any]:
        """The arguments `shape` and `initializer` of the weight beside another."""

    def build(self, input_shape: Shape) -> None:
        super().build(input_shape)
        self._beside = {}
        owners = {}
        for number, weight in enumerate(self.replaced_weights()):
            # An attribute of its own is what Keras can take out of a layer.
            name = self._beside[id(weight.variable)] = f"_{self.beside}_{number}"
            variable = self.add_weight(
                name=f"{weight.variable.name}{name}",
                dtype=weight.variable.dtype,
                **self.shape_and_initializer(weight),
            )
            setattr(self, name, variable)
            owners[id(weight.owner)] = weight.owner
        for owner in owners.values():
            self._follow_quantization_of(owner)

    def pairs(self) -> list[tuple[ReplacedWeight, Any]]:
        """Each replaced weight, and the variable beside it."""
        return [
            (weight, getattr(self, self._beside[id(weight.variable)]))
            for weight in self.replaced_weights()
        ]

    def before_quantizing(self, owner: Any) -> None:
        """Called before a layer quantizes its weights; may change them."""

    def _follow_quantization_of(self, owner: Any) -> None:
        """Wraps the method, as Keras does: models call it on the layers inside."""
        quantize = owner.quantize

        @functools.wraps(quantize)
        def followed(*args: Any, **kwargs: Any) -> None:
            pairs = [pair for pair in self.pairs() if pair[0].owner is owner]
            self.before_quantizing(owner)
            quantize(*args, **kwargs)
            for weight, _ in pairs:
                if is_quantized(weight):
                    delattr(self, self._beside.pop(id(weight.variable)))

        wrappers = (*wrappers_that_follow(owner), self)
        vars(followed)["wrappers"] = wrappers
        owner.quantize = followed


def wrappers_that_follow(owner: Any) -> tuple[LearningKernelWrapper, ...]:
    """Those that have a weight beside one of a layer."""
    return getattr(owner.quantize, "wrappers", ())
