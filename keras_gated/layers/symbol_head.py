"""An output layer for one symbol out of many."""

from typing import Any

import keras
from keras import ops

from keras_gated._integers import is_integer
from keras_gated._precision import DTypeLike
from keras_gated._types import (
    ConstraintLike,
    InitializerLike,
    RegularizerLike,
    Tensor,
)
from keras_gated.layers._dense_head import DenseHead


@keras.saving.register_keras_serializable(package="keras_gated")
class SymbolHead(DenseHead):
    r"""Logits of one symbol out of many, such as the next character of a text.

    $$P(s \mid h) = \frac{e^{a_s}}{\sum_k e^{a_k}}, \qquad a = h W + b$$

    The layer returns the logits $a$, not the probabilities: train it with
    `keras_gated.losses.SymbolNLL`, and turn logits into probabilities, decisions or
    draws with `mean`, `mode` and `sample`.

    Under a half-precision policy (float16, bfloat16 and the mixed ones) the layer
    computes and returns float32.

    Args:
        num_symbols: Number of symbols.
        kernel_initializer: Initializer of `kernel`, `(input_size, num_symbols)`.
        bias_initializer: Initializer of `bias`, `(num_symbols,)`.
        kernel_regularizer: Regularizer of `kernel`.
        bias_regularizer: Regularizer of `bias`.
        kernel_constraint: Constraint on `kernel`.
        bias_constraint: Constraint on `bias`.
        dtype: Dtype or policy; `None` for the global policy.
        **kwargs: Other arguments of `keras.layers.Dense`, such as `use_bias` and
            `name`; not `units` and `activation`.

    Call arguments:
        - `inputs`: `(batch, ..., input_size)`.

    Call returns:
        `(batch, ..., num_symbols)`, logits in float32 or float64.

    Raises:
        ValueError: If `num_symbols` is not an integer of at least 2.

    Examples:
        >>> import numpy as np
        >>> from keras_gated.layers import SymbolHead
        >>> head = SymbolHead(87)
        >>> logits = head(np.zeros((2, 5, 36), "float32"))
        >>> tuple(logits.shape), tuple(head.sample(logits, seed=0).shape)
        ((2, 5, 87), (2, 5))
        >>> float(head.mean(np.zeros(4))[0])
        0.25

    Reference:
        Karpathy, Johnson & Li, Visualizing and understanding recurrent networks, 2015,
        section 3.2.
    """

    def __init__(
        self,
        num_symbols: int,
        kernel_initializer: InitializerLike = "glorot_uniform",
        bias_initializer: InitializerLike = "zeros",
        kernel_regularizer: RegularizerLike = None,
        bias_regularizer: RegularizerLike = None,
        kernel_constraint: ConstraintLike = None,
        bias_constraint: ConstraintLike = None,
        dtype: DTypeLike = None,
        **kwargs: Any,
    ) -> None:
        if not is_integer(num_symbols, at_least=2):
            raise ValueError(
                "SymbolHead needs an integer num_symbols of at least 2; received "
                f"num_symbols={num_symbols!r}."
            )
        super().__init__(
            units=num_symbols,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
            dtype=dtype,
            **kwargs,
        )
        self.num_symbols = int(num_symbols)

    def mean(self, logits: Tensor) -> Tensor:
        """Returns the probability of each symbol.

        Args:
            logits: `(..., num_symbols)`.

        Returns:
            `(..., num_symbols)`, between 0 and 1, with the sum 1.
        """
        return ops.softmax(ops.cast(logits, self.compute_dtype), axis=-1)

    def mode(self, logits: Tensor) -> Tensor:
        """Returns the most probable symbol.

        Args:
            logits: `(..., num_symbols)`.

        Returns:
            `(...)` in int32; of equals the first.
        """
        return ops.cast(ops.argmax(logits, axis=-1), "int32")

    def sample(
        self, logits: Tensor, seed: int | keras.random.SeedGenerator | None = None
    ) -> Tensor:
        """Draws one symbol for each vector of logits.

        Args:
            logits: `(..., num_symbols)`.
            seed: An integer gives the same draw each time, a
                `keras.random.SeedGenerator` a new one each time. `None` draws from
                Keras' global generator.

        Returns:
            `(...)` in int32.
        """
        logits = ops.cast(logits, self.compute_dtype)
        rows = ops.reshape(logits, (-1, self.num_symbols))
        drawn = keras.random.categorical(rows, 1, dtype="int32", seed=seed)
        return ops.reshape(drawn, ops.shape(logits)[:-1])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "num_symbols": self.num_symbols}
