"""Weights with a direction and a magnitude of their own."""

from collections.abc import Iterable, Sequence
from typing import Any

import keras
from keras import ops

from keras_gated._keras_layers import all_layers, own_variables
from keras_gated._types import Tensor
from keras_gated.layers._learning_kernel_wrapper import (
    LearningKernelWrapper,
    wrappers_that_follow,
)
from keras_gated.layers._replaced_weight import ReplacedWeight
from keras_gated.layers.adaptive_weight_noise import AdaptiveWeightNoise


@keras.saving.register_keras_serializable(package="keras_gated")
class WeightNormalization(LearningKernelWrapper):
    r"""Wraps a layer and learns the length of each column of its recurrent kernels.

    Each column of a chosen weight of the wrapped layer, or of the layers inside it, is
    read as

    $$w = g \, \frac{v}{\lVert v \rVert}$$

    in training and at inference. A column is what leads to one output, for a recurrent
    kernel to one gate of one unit. $v$ is the weight that the layer has, and its
    regularizers and constraints are for $v$. $g$ is a trainable weight of the wrapper.
    It starts as $\lVert v \rVert$, so wrapping a layer does not change what it
    computes. There is no initialization that looks at data. A column of zeros stays
    zero.

    Weights and files of the wrapped layer together with its wrapper hold $v$ and $g$.
    After setting the weights of the wrapped layer alone call `reset_magnitudes`.
    `inference_layer` makes a layer without the wrapper.

    A low-rank update of the layer (`enable_lora`) is part of $v$. When Keras quantizes
    the layer, what is quantized is $w$, and $g$ is gone: the layer then computes with
    $w$ wherever it is called. Freezing the wrapped layer freezes $v$; freezing the
    wrapper freezes $g$ as well.

    `WeightNoise` and `DropConnect` go inside, where they act on $w$:
    `WeightNormalization(DropConnect(layer, 0.5))`.

    Args:
        layer: Any Keras layer that has a weight to normalise.
        weight_names: The names of the weights to normalise. For the matrices of all
            products of a recurrent layer `["kernel", "recurrent_kernel"]`, for a
            `Dense` layer `["kernel"]`.
        **kwargs: `name`, `dtype` and `trainable`, as in every Keras layer.

    Call arguments:
        - `inputs`: What the wrapped layer takes.
        - `training`: Handed on to the wrapped layer.
        - `mask`: Handed to the wrapped layer if it takes a mask.
        - `**kwargs`: Handed to the wrapped layer, such as `initial_state`.

    Call returns:
        What the wrapped layer returns.

    Raises:
        ValueError: If the layer has no weight of the given names, or contains a
            `WeightNormalization` or an `AdaptiveWeightNoise`; on quantizing, if it is
            in another `WeightNormalization`, too.

    Examples:
        >>> import keras
        >>> from keras_gated.layers import GRU, WeightNormalization
        >>> layer = GRU(4)
        >>> x = keras.random.normal((2, 5, 3), seed=1)
        >>> before = layer(x)
        >>> normalized = WeightNormalization(layer)
        >>> bool(keras.ops.max(keras.ops.abs(normalized(x) - before)) < 1e-6)
        True
        >>> [tuple(magnitude.shape) for magnitude in normalized.magnitudes]
        [(12,)]

    Reference:
        Salimans and Kingma 2016, "Weight normalization" (arXiv:1602.07868), section 2,
        equation 2.
    """

    must_be_outermost = True
    beside = "magnitude"

    def __init__(
        self,
        layer: Any,
        weight_names: Sequence[str] = ("recurrent_kernel",),
        **kwargs: Any,
    ) -> None:
        super().__init__(layer, weight_names, **kwargs)
        for inside in all_layers(layer):
            if isinstance(inside, AdaptiveWeightNoise):
                raise ValueError(
                    f"The AdaptiveWeightNoise {inside.name!r} measures the weights "
                    "that its layer has, and WeightNormalization around it would make "
                    "others of them. Use one of the two."
                )

    def shape_and_initializer(self, weight: ReplacedWeight) -> dict[str, Any]:
        return {
            "shape": weight.variable.shape[-1:],
            "initializer": lambda shape, dtype: _lengths(weight.value),
        }

    @property
    def magnitudes(self) -> list[Any]:
        """The variables $g$, in the order of the weights of the layer."""
        return [magnitude for _, magnitude in self.pairs()]

    def reset_magnitudes(self) -> None:
        """Makes the wrapped layer compute with the weights that it has now."""
        for weight, magnitude in self.pairs():
            magnitude.assign(_lengths(weight.value))

    def replacements(self, training: bool) -> Iterable[tuple[ReplacedWeight, Tensor]]:
        return [
            (weight, _normalized(weight.value, ops.convert_to_tensor(magnitude)))
            for weight, magnitude in self.pairs()
        ]

    def before_quantizing(self, owner: Any) -> None:
        """Gives the layer the weights that it computes with, for it to quantize."""
        others = [
            wrapper.name
            for wrapper in wrappers_that_follow(owner)
            if isinstance(wrapper, WeightNormalization) and wrapper is not self
        ]
        if others:
            raise ValueError(
                f"The layer {owner.name!r} is in the WeightNormalization {self.name!r} "
                f"and in {', '.join(map(repr, others))}, each of which has magnitudes "
                "of its own for the one weight that is to be quantized. Quantize "
                "copies: inference_layer() of each wrapper makes one."
            )
        for weight, magnitude in self.pairs():
            if weight.owner is not owner:
                continue
            value = _normalized(weight.value, ops.convert_to_tensor(magnitude))
            for variable, new in weight.read_as(value):
                variable.assign(new)
            magnitude.assign(_lengths(value))

    def inference_layer(self) -> Any:
        """A copy of the wrapped layer with the weights $w$.

        It computes at inference what this layer does now, and does not change with it.

        Raises:
            ValueError: If the layer is not built.
        """
        if not self.built:
            raise ValueError(
                f"The layer {self.name!r} has no weights yet. Call it on data, or "
                "build it."
            )
        layer = type(self.layer).from_config(self.layer.get_config())
        layer.build_from_config(self.layer.get_build_config())
        normalized = {
            id(variable): new
            for weight, value in self.replacements(training=False)
            for variable, new in weight.read_as(value)
        }
        pairs = zip(all_layers(self.layer), all_layers(layer), strict=True)
        for own, copy in pairs:
            # By name: a layer that was quantized has them in another order than one
            # that was built so.
            for old, new in zip(_by_name(own), _by_name(copy), strict=True):
                # JAX would share the memory, and training gives it away.
                new.assign(ops.copy(normalized.get(id(old), old.value)))
        return layer

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "weight_names": list(self.weight_names)}


def _by_name(layer: Any) -> list[Any]:
    return sorted(own_variables(layer), key=lambda variable: variable.name)


def _normalized(direction: Tensor, magnitude: Tensor) -> Tensor:
    squares = _squared_lengths(direction)
    # The derivative of the root is infinite at zero.
    lengths = ops.sqrt(ops.where(squares > 0, squares, ops.ones_like(squares)))
    return direction * (magnitude / lengths)


def _lengths(direction: Tensor) -> Tensor:
    return ops.sqrt(_squared_lengths(direction))


def _squared_lengths(direction: Tensor) -> Tensor:
    """The squared norms of the columns, which the last axis counts."""
    rows = tuple(range(len(direction.shape) - 1))
    return ops.sum(ops.square(direction), axis=rows)
