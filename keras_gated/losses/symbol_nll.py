"""The likelihood of one symbol out of many."""

import math
from typing import Any, Literal

import keras
from keras import ops

from keras_gated._precision import DTypeLike
from keras_gated._types import Shape, Tensor
from keras_gated.losses.negative_log_likelihood import (
    NegativeLogLikelihood,
    may_be_equal,
)

NATS = {"nats": 1.0, "bits": math.log(2)}
"""Nats in each unit."""


@keras.saving.register_keras_serializable(package="keras_gated")
class SymbolNLL(NegativeLogLikelihood):
    r"""Negative log-likelihood of one symbol out of many, given logits.

    For the symbol $s$ and logits $a_k$ of one step:

    $$\log \sum_k e^{a_k} - a_s$$

    `keras.losses.SparseCategoricalCrossentropy(from_logits=True)` gives the same nats.
    Here they can be bits, steps are weighted as in the other likelihoods of this
    package, and a target that is the number of no symbol is told on every backend: its
    step costs NaN, unless its weight is 0.

    Args:
        unit: `"nats"` or `"bits"`, $\log 2$ nats each.
        reduction: How steps are reduced; the default divides by the sum of the
            weights. See `NegativeLogLikelihood`, also for what `sample_weight`
            does.
        name: Name of the loss.
        dtype: Dtype or policy to compute in; `None` for `keras.config.floatx()`.

    Call arguments:
        - `y_true`: Numbers of symbols, `(batch, time)` or `(batch, time, 1)`.
        - `y_pred`: Logits `(batch, time, num_symbols)`, of a `SymbolHead`.

    Raises:
        ValueError: If `unit` is unknown. When called, if `y_true` and `y_pred` are not
            of these shapes, or `sample_weight` does not fit them.

    Examples:
        >>> import numpy as np
        >>> from keras_gated.losses import SymbolNLL
        >>> symbols, logits = np.zeros((2, 5), "int32"), np.zeros((2, 5, 64))
        >>> round(float(SymbolNLL()(symbols, logits)), 3)
        4.159
        >>> round(float(SymbolNLL("bits")(symbols, logits)), 3)
        6.0
    """

    def __init__(
        self,
        unit: Literal["nats", "bits"] = "nats",
        reduction: str | None = "mean_with_sample_weight",
        name: str | None = "symbol_nll",
        dtype: DTypeLike = None,
    ) -> None:
        if unit not in NATS:
            raise ValueError(
                f'SymbolNLL needs "nats" or "bits" for unit; received unit={unit!r}.'
            )
        super().__init__(reduction=reduction, name=name, dtype=dtype)
        self.unit = unit

    def select_steps(
        self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Replaces the steps of weight 0 by harmless ones.

        Args:
            y_true: `(batch, time)` or `(batch, time, 1)`.
            y_pred: `(batch, time, num_symbols)`.
            sample_weight: See `NegativeLogLikelihood.select_steps`.

        Returns:
            As there, `y_true` with an axis of one symbol a step.

        Raises:
            ValueError: If the shapes do not fit each other.
        """
        y_true, y_pred = ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)
        if len(y_true.shape) == len(y_pred.shape) - 1 and _same_steps(y_true, y_pred):
            y_true = ops.expand_dims(y_true, -1)
        return super().select_steps(y_true, y_pred, sample_weight)

    def fits(self, event_size: int | None, size: int | None) -> bool:
        return may_be_equal(event_size, 1) and (size is None or size > 1)

    def expected_shapes(self) -> str:
        return (
            "y_true (batch, time), the numbers of symbols, and y_pred (batch, time, "
            "num_symbols)"
        )

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Returns nats or bits per step, `(batch, time)`."""
        # float32 holds numbers of symbols exactly, up to 16 million.
        symbols = ops.cast(y_true, "int32")
        numbers = ops.arange(y_pred.shape[-1], dtype="int32")
        # A lookup would read elsewhere, or anything, if a symbol is none; and its
        # derivative writes symbol by symbol.
        chosen = ops.equal(symbols, numbers)
        logit = ops.sum(ops.where(chosen, y_pred, 0), axis=-1)
        nats = ops.logsumexp(y_pred, axis=-1) - logit
        known = ops.any(chosen, axis=-1)
        return ops.where(known, nats, math.nan) / NATS[self.unit]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "unit": self.unit}


def _same_steps(y_true: Tensor, y_pred: Tensor) -> bool:
    steps: Shape = tuple(y_pred.shape[:-1])
    return all(map(may_be_equal, tuple(y_true.shape), steps))
