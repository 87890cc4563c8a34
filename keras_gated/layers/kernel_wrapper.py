"""What wrappers that run a layer with other weights than its own have in common."""

import inspect
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any

from keras_gated._keras_layers import all_layers
from keras_gated._types import Shape, Tensor
from keras_gated.layers._recurrent_wrapper import RecurrentWrapper
from keras_gated.layers._replaced_weight import (
    ReplacedWeight,
    is_quantized,
    weights_named,
)
from keras_gated.layers._replacing_scope import ReplacingScope
from keras_gated.recurrence.backend import uncompiled


class KernelWrapper(RecurrentWrapper):
    """Runs a layer with values in place of some of its weights.

    The weights keep their own values, and the gradient flows to them through those
    that `replacements` makes of them, once per call. Weights that the layer has
    quantized stay as they are.

    Args:
        layer: Any Keras layer.
        weight_names: The names of the weights to replace, in this layer or in the
            layers inside it.
        **kwargs: `name`, `dtype` and `trainable`, as in every Keras layer.

    Raises:
        ValueError: If a name is no name, or the layer contains a wrapper that must be
            around this one; on building, if the layer has no weight of these names; in
            a call, if the layer itself assigns to such a weight.
    """

    must_be_outermost = False
    """Whether no other such wrapper may be around this one."""

    def __init__(self, layer: Any, weight_names: Sequence[str], **kwargs: Any) -> None:
        # Without autocasting the weights are read in full precision here; the wrapped
        # layer casts what replaces them as it casts its own.
        super().__init__(layer, autocast=False, **kwargs)
        if not self.trainable:
            # A model asks the weights, not the layers around them.
            layer.trainable = False
        self.weight_names = _checked(weight_names, type(self).__name__)
        for inside in all_layers(layer):
            if isinstance(inside, KernelWrapper) and inside.must_be_outermost:
                outer, inner = type(self).__name__, type(inside).__name__
                raise ValueError(
                    f"{outer} around the {inner} {inside.name!r} would change weights "
                    f"before they are normalised. Put it inside: {inner}({outer}(...))."
                )
        self.supports_masking = layer.supports_masking
        self._layer_takes_mask = "mask" in inspect.signature(layer.call).parameters

    def build(self, input_shape: Shape) -> None:
        super().build(input_shape)
        if not weights_named(self.layer, self.weight_names):
            raise ValueError(
                f"{type(self).__name__} acts on weights named "
                f"{' or '.join(self.weight_names)}. The layer {self.layer.name!r} of "
                f"type {type(self.layer).__name__} has none; its weights are "
                f"{[weight.path for weight in self.layer.weights]}."
            )

    def replaced_weights(self) -> list[ReplacedWeight]:
        """The weights that the layer does not read as they are."""
        named = weights_named(self.layer, self.weight_names)
        return [weight for weight in named if not is_quantized(weight)]

    def replaced_variables(self) -> list[Any]:
        """The variables of these weights."""
        return [weight.variable for weight in self.replaced_weights()]

    @abstractmethod
    def replacements(self, training: bool) -> Iterable[tuple[ReplacedWeight, Tensor]]:
        """What the layer reads instead of some of `replaced_weights`."""

    @uncompiled
    def call(
        self,
        inputs: Any,
        training: bool = False,
        mask: Any = None,
        **kwargs: Any,
    ) -> Any:
        if self._layer_takes_mask:
            kwargs["mask"] = mask
        replacements = self.replacements(training)
        values = [
            pair for weight, value in replacements for pair in weight.read_as(value)
        ]
        if not values:
            return self.layer(inputs, **kwargs)
        with ReplacingScope(values, collect_losses=True) as scope:
            outputs = self.layer(inputs, **kwargs)
        # The wrapped layer is the owner of its losses where a scope collects them.
        outer = scope.original_scope
        for loss in scope.losses:
            (self.layer if outer is None else outer).add_loss(loss)
        return outputs

    def inference_layer(self) -> Any:
        """The layer that computes without this wrapper what it does at inference."""
        return self.layer

    def compute_output_shape(self, input_shape: Shape) -> Any:
        return self.layer.compute_output_shape(input_shape)

    def compute_output_spec(
        self, inputs: Any, training: bool = False, mask: Any = None, **kwargs: Any
    ) -> Any:
        return self.layer.compute_output_spec(inputs, **kwargs)

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        return self.layer.compute_mask(inputs, previous_mask)


def inference_layer(layer: Any) -> Any:
    """The layer without such wrappers that computes the same at inference.

    It is the wrapped layer itself, or a copy with other weights if a wrapper replaces
    weights at inference, too.
    """
    while isinstance(layer, KernelWrapper):
        layer = layer.inference_layer()
    return layer


def _checked(names: Any, wrapper: str) -> tuple[str, ...]:
    if isinstance(names, str) or not all(isinstance(name, str) for name in names):
        raise ValueError(
            f"{wrapper} needs a sequence of names of weights, such as "
            f"['recurrent_kernel']. Received weight_names={names!r}."
        )
    return tuple(names)
