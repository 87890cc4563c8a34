"""An output layer for several binary events at once."""

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
class BernoulliHead(DenseHead):
    r"""Logits of independent binary outputs, such as the keys of a piano.

    $$P(y_e = 1 \mid h) = \sigma(h W_e + b_e)$$

    The layer returns the logits $h W + b$, not the probabilities: train it with
    `keras_gated.losses.BernoulliNLL`, and turn logits into probabilities, decisions
    or draws with `mean`, `mode` and `sample`.

    Under a half-precision policy (float16, bfloat16 and the mixed ones) the layer
    computes and returns float32.

    Args:
        event_size: Number of binary outputs.
        kernel_initializer: Initializer of `kernel`, `(input_size, event_size)`.
        bias_initializer: Initializer of `bias`, `(event_size,)`.
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
        `(batch, ..., event_size)`, logits in float32 or float64.

    Raises:
        ValueError: If `event_size` is not a positive integer.

    Examples:
        >>> import numpy as np
        >>> from keras_gated.layers import BernoulliHead
        >>> head = BernoulliHead(88)
        >>> logits = head(np.zeros((2, 5, 36), "float32"))
        >>> tuple(logits.shape), tuple(head.sample(logits, seed=0).shape)
        ((2, 5, 88), (2, 5, 88))
        >>> float(head.mean(np.zeros(88))[0])
        0.5

    Reference:
        Boulanger-Lewandowski et al., Modeling temporal dependencies in
        high-dimensional sequences, 2012; Chung et al., Empirical evaluation of gated
        recurrent neural networks on sequence modeling, 2014, section 4.
    """

    def __init__(
        self,
        event_size: int,
        kernel_initializer: InitializerLike = "glorot_uniform",
        bias_initializer: InitializerLike = "zeros",
        kernel_regularizer: RegularizerLike = None,
        bias_regularizer: RegularizerLike = None,
        kernel_constraint: ConstraintLike = None,
        bias_constraint: ConstraintLike = None,
        dtype: DTypeLike = None,
        **kwargs: Any,
    ) -> None:
        if not is_integer(event_size, at_least=1):
            raise ValueError(
                "BernoulliHead needs a positive integer event_size; received "
                f"event_size={event_size!r}."
            )
        super().__init__(
            units=event_size,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
            dtype=dtype,
            **kwargs,
        )
        self.event_size = int(event_size)

    def mean(self, logits: Tensor) -> Tensor:
        """Returns the probability of each output.

        Args:
            logits: `(..., event_size)`.

        Returns:
            `(..., event_size)`, between 0 and 1.
        """
        return ops.sigmoid(ops.cast(logits, self.compute_dtype))

    def mode(self, logits: Tensor) -> Tensor:
        """Returns the most probable event.

        Args:
            logits: `(..., event_size)`.

        Returns:
            `(..., event_size)`, 1 where the probability exceeds one half, else 0.
        """
        return ops.cast(ops.cast(logits, self.compute_dtype) > 0, self.compute_dtype)

    def sample(
        self, logits: Tensor, seed: int | keras.random.SeedGenerator | None = None
    ) -> Tensor:
        """Draws one event for each vector of logits.

        Args:
            logits: `(..., event_size)`.
            seed: An integer gives the same draw each time, a
                `keras.random.SeedGenerator` a new one each time. `None` draws from
                Keras' global generator.

        Returns:
            `(..., event_size)`, zeros and ones.
        """
        probabilities = self.mean(logits)
        uniform = keras.random.uniform(
            ops.shape(probabilities), dtype=self.compute_dtype, seed=seed
        )
        return ops.cast(uniform < probabilities, self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "event_size": self.event_size}
