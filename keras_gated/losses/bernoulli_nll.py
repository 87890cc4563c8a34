"""The likelihood of independent binary outputs."""

import keras
from keras import ops

from keras_gated._precision import DTypeLike
from keras_gated._types import Tensor
from keras_gated.losses.negative_log_likelihood import (
    NegativeLogLikelihood,
    may_be_equal,
)


@keras.saving.register_keras_serializable(package="keras_gated")
class BernoulliNLL(NegativeLogLikelihood):
    r"""Negative log-likelihood of independent binary outputs, given their logits.

    For targets $y_e$ and logits $a_e$, summed over the event and not averaged as
    `keras.losses.BinaryCrossentropy` does:

    $$-\sum_e \big(y_e \log \sigma(a_e) + (1 - y_e) \log \sigma(-a_e)\big)$$

    Args:
        reduction: How steps are reduced; the default divides by the sum of the
            weights. See `NegativeLogLikelihood`, also for what `sample_weight`
            does.
        name: Name of the loss.
        dtype: Dtype or policy to compute in; `None` for `keras.config.floatx()`.

    Raises:
        ValueError: When called, if `y_true` and `y_pred` are not of one shape
            `(..., event_size)`, or `sample_weight` does not fit them.

    Examples:
        >>> import numpy as np
        >>> from keras_gated.losses import BernoulliNLL
        >>> notes = np.zeros((2, 5, 88))
        >>> logits = np.zeros((2, 5, 88))
        >>> round(float(BernoulliNLL()(notes, logits)), 2)
        61.0

    Reference:
        Boulanger-Lewandowski et al., Modeling temporal dependencies in
        high-dimensional sequences, 2012, for the sum over notes.
    """

    def __init__(
        self,
        reduction: str | None = "mean_with_sample_weight",
        name: str | None = "bernoulli_nll",
        dtype: DTypeLike = None,
    ) -> None:
        super().__init__(reduction=reduction, name=name, dtype=dtype)

    def fits(self, event_size: int | None, size: int | None) -> bool:
        return may_be_equal(event_size, size)

    def expected_shapes(self) -> str:
        return "y_true and y_pred of one shape (batch, time, event_size)"

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Returns nats per step, `(batch, time)`."""
        # One exponential and one logarithm, where Keras takes two of each on JAX. The
        # first two terms cancel exactly where a large logit is right.
        size = ops.absolute(y_pred)
        linear = size / 2 + y_pred * (0.5 - y_true)
        return ops.sum(linear + ops.log1p(ops.exp(-size)), axis=-1)
