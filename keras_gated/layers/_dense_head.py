"""What the heads have in common: a dense layer without an activation, in float32."""

from typing import Any

import keras

from keras_gated._precision import DTypeLike, float32_or_wider
from keras_gated._types import Tensor
from keras_gated.recurrence.backend import own_dtype


class DenseHead(keras.layers.Dense):
    """A dense layer whose outputs are the parameters of a distribution.

    Under a half-precision policy it computes and returns float32. How many outputs
    there are follows from what a head is made with, so that its config has no `units`.

    Args:
        units: Number of outputs.
        dtype: Dtype or policy; `None` for the global policy.
        **kwargs: Other arguments of `keras.layers.Dense`, but `activation`.
    """

    def __init__(self, units: int, dtype: DTypeLike = None, **kwargs: Any) -> None:
        super().__init__(
            units=units, activation=None, dtype=float32_or_wider(dtype), **kwargs
        )

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        with own_dtype(inputs):
            return super().call(inputs, training=training)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["units"], config["activation"]
        return config
