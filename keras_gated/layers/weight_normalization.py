"""Weights with a direction and a magnitude of their own."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
from keras import ops

from keras_gated.layers.adaptive_weight_noise import AdaptiveWeightNoise
from keras_gated.layers.kernel_wrapper import KernelWrapper
from keras_gated.types import Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_gated")
class WeightNormalization(KernelWrapper):
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
            `WeightNormalization` or an `AdaptiveWeightNoise`.

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

    def __init__(
        self,
        layer: Any,
        weight_names: Sequence[str] = ("recurrent_kernel",),
        **kwargs: Any,
    ) -> None:
        super().__init__(layer, weight_names, **kwargs)
        for inside in layer._flatten_layers():
            if isinstance(inside, AdaptiveWeightNoise):
                raise ValueError(
                    f"The AdaptiveWeightNoise {inside.name!r} measures the weights "
                    "that its layer has, and WeightNormalization around it would make "
                    "others of them. Use one of the two."
                )

    def build(self, input_shape: Shape) -> None:
        super().build(input_shape)
        self.magnitudes = [
            self._add_magnitude(number, variable)
            for number, variable in enumerate(self.replaced_variables())
        ]

    def _add_magnitude(self, number: int, variable: Any) -> Any:
        return self.add_weight(
            name=f"{variable.name}_magnitude_{number}",
            shape=variable.shape[-1:],
            dtype=variable.dtype,
            initializer=lambda shape, dtype: _lengths(ops.convert_to_tensor(variable)),
        )

    def reset_magnitudes(self) -> None:
        """Makes the wrapped layer compute with the weights that it has now."""
        pairs = zip(self.replaced_variables(), self.magnitudes, strict=True)
        for variable, magnitude in pairs:
            magnitude.assign(_lengths(ops.convert_to_tensor(variable)))

    def replacements(self, training: bool) -> Mapping[int, Tensor]:
        pairs = zip(self.replaced_variables(), self.magnitudes, strict=True)
        return {
            id(variable): _normalized(
                ops.convert_to_tensor(variable), ops.convert_to_tensor(magnitude)
            )
            for variable, magnitude in pairs
        }

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
        normalized = self.replacements(training=False)
        layer.set_weights(
            [
                ops.convert_to_numpy(normalized.get(id(variable), variable))
                for variable in self.layer.weights
            ]
        )
        return layer

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "weight_names": list(self.weight_names)}


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
