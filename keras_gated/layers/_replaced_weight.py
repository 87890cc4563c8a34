"""Weights of a layer that a wrapper makes others of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
from keras import ops

from keras_gated._keras_layers import all_layers, own_variables
from keras_gated._types import Tensor

FLOAT_MODES = (None, "float8")
"""The modes of quantization in which a layer has its weights in floating point."""


@dataclass(frozen=True)
class ReplacedWeight:
    """A weight as the layer computes with it, its low-rank update (LoRA) included.

    Attributes:
        variable: The weight without the update.
        owner: The layer it belongs to.
    """

    variable: Any
    owner: Any

    @property
    def value(self) -> Tensor:
        """What the layer computes with, in the precision of the variable."""
        value = ops.convert_to_tensor(self.variable)
        if self._low_rank is None:
            return value
        factors = map(ops.convert_to_tensor, self._low_rank)
        update = ops.matmul(*factors) * (self.owner.lora_alpha / self.owner.lora_rank)
        return value + ops.cast(update, value.dtype)

    def read_as(self, value: Tensor) -> list[tuple[Any, Tensor]]:
        """What to read the variables of the layer as for it to compute with `value`."""
        if self._low_rank is None:
            return [(self.variable, value)]
        _, second = self._low_rank
        return [(self.variable, value), (second, ops.zeros(second.shape, second.dtype))]

    @property
    def _low_rank(self) -> tuple[Any, Any] | None:
        """The two factors of the update."""
        if not getattr(self.owner, "lora_enabled", False):
            return None
        names = (f"lora_{self.variable.name}_{factor}" for factor in "ab")
        first, second = (getattr(self.owner, name, None) for name in names)
        return None if first is None else (first, second)


def weights_named(layer: Any, names: Sequence[str]) -> list[ReplacedWeight]:
    """The weights of these names in a layer and those inside it, quantized or not."""
    owners = {
        id(variable): owner
        for owner in all_layers(layer)
        for variable in own_variables(owner)
    }
    return [
        ReplacedWeight(variable, owners[id(variable)])
        for variable in layer.variables
        if variable.name in names
    ]


def is_quantized(weight: ReplacedWeight) -> bool:
    """Whether the layer has no floating-point numbers of the weight."""
    floats = keras.backend.is_float_dtype(weight.variable.dtype)
    return weight.owner.quantization_mode not in FLOAT_MODES or not floats
