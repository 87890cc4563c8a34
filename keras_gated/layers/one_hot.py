"""Symbols as vectors."""

from typing import Any

import keras
from keras import ops

from keras_gated._integers import is_integer
from keras_gated._types import Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_gated")
class OneHot(keras.layers.Layer):
    """Turns numbers of symbols into vectors with a single 1.

    Text is kept and moved to the device as integers; what a recurrent layer takes is
    made there. `keras.layers.CategoryEncoding` does not serve: of a window of one step
    it makes `(batch, size)` where `(batch, 1, size)` is meant.

    Args:
        num_symbols: Number of symbols.
        **kwargs: Arguments of every Keras layer: `name`, `dtype`, `trainable`.

    Call arguments:
        - `inputs`: Integers `(batch, ...)` from 0 to `num_symbols - 1`. Of any other
              number a vector of zeros is made.

    Call returns:
        `(batch, ..., num_symbols)` in the compute dtype.

    Raises:
        ValueError: If `num_symbols` is not a positive integer.

    Examples:
        >>> import numpy as np
        >>> from keras_gated.layers import OneHot
        >>> tuple(OneHot(87)(np.zeros((2, 5), "int32")).shape)
        (2, 5, 87)
    """

    def __init__(self, num_symbols: int, **kwargs: Any) -> None:
        if not is_integer(num_symbols, at_least=1):
            raise ValueError(
                "OneHot needs a positive integer num_symbols; received "
                f"num_symbols={num_symbols!r}."
            )
        super().__init__(**kwargs)
        self.num_symbols = int(num_symbols)
        # What is cast are the vectors: float16 does not hold large numbers.
        self.autocast = False

    def call(self, inputs: Tensor) -> Tensor:
        numbers = ops.expand_dims(ops.cast(inputs, "int32"), -1)
        symbols = ops.arange(self.num_symbols, dtype="int32")
        return ops.cast(ops.equal(numbers, symbols), self.compute_dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (*input_shape, self.num_symbols)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "num_symbols": self.num_symbols}
