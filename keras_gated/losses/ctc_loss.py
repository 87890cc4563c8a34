"""The likelihood of labels that have no place in time."""

import math
from typing import Any

import keras
from keras import ops

from keras_gated._integers import is_integer
from keras_gated._precision import DTypeLike
from keras_gated._types import Tensor
from keras_gated.losses._ctc import (
    PADDING,
    Labels,
    ctc_sums,
    is_possible,
    read_labels,
)
from keras_gated.losses._ctc_arguments import (
    is_length,
    prefix,
    symbol_numbers,
    unlearnable,
)
from keras_gated.losses.negative_log_likelihood import (
    NegativeLogLikelihood,
    keras_mask,
    largest,
    may_be_equal,
)

_GONE = math.inf
"""All logits of a frame that is not there: of one that is, they would say nothing."""


@keras.saving.register_keras_serializable(package="keras_gated")
class CTCLoss(NegativeLogLikelihood):
    r"""Negative log-likelihood of labels that have no place in time, in nats.

    A path $\pi$ has a class for every frame. It reads as the label $y$ if that is what
    is left when repeated classes are taken as one and blanks are left out. For logits
    $a_t$ of frame $t$ the loss of a sequence is

    $$-\log \sum_{\pi \to y} \prod_t \mathrm{softmax}(a_t)_{\pi_t}$$

    Number and gradient are the same on every backend, in float64 as well; `keras.ops.
    ctc_loss` computes in float32. The gradient cannot be differentiated again.

    **Which frames there are** says the weight, `(batch, time)`: a frame of weight 0 is
    gone, wherever it stands and whatever it holds, as in the other likelihoods of this
    package. Called by hand the loss takes `lengths` as well. And a Keras mask that
    reaches the predictions is heeded, but which layers hand it on differs between
    versions of Keras: padded sequences need weights or lengths.

    **What cannot be.** A label needs a frame for each symbol, and one more between
    equal neighbours. Where there are fewer frames no path reads as the label. Then, and
    where a label has a symbol that is no class, or one behind padding, or a tensor of
    lengths has one that is none, the sequence costs NaN on every backend, which Keras'
    progress bar shows and
    `keras.callbacks.TerminateOnNaN` sees, and has no gradient: the weights of the model
    stay good. Find such labels before training with `check_ctc_labels`.

    Args:
        blank: The class that stands for no symbol.
        max_label_length: Symbols of the longest label, on which memory and time depend;
            a longer label costs NaN. `None` for the width of `y_true`.
        skip_impossible: Whether labels that need more frames than there are are left
            out, as sequences of weight 0, instead of costing NaN.
        reduction: How sequences are reduced; the default divides by the sum of their
            weights. See `NegativeLogLikelihood`; a step there is a sequence here.
        name: Name of the loss.
        dtype: Dtype or policy to compute in; `None` for `keras.config.floatx()`.

    Call arguments:
        - `y_true`: Labels `(batch, label)` or `(batch, label, 1)`, the numbers of
          classes, with blanks or negative numbers behind their end.
        - `y_pred`: Logits `(batch, time, classes)`.
        - `sample_weight`: `None`, weights `(batch,)` of sequences, or weights `(batch,
          time)` of frames, the largest of which is that of the sequence.
        - `lengths`: How many frames each sequence has; integers `(batch,)`. One of none
          and without a symbol is gone.
        - `label_lengths`: How many symbols each label has, where padding does not say;
          integers `(batch,)`.

    Raises:
        ValueError: If `blank` or `max_label_length` is no such number. When called, if
            the shapes do not fit each other, `blank` is no class, or lengths are no
            integers; if they are no tensor, which may not be known yet, also if one is
            negative or more than there is.

    Examples:
        >>> import numpy as np
        >>> from keras_gated.losses import CTCLoss
        >>> labels, logits = np.array([[3, 3, 0]]), np.zeros((1, 5, 4))
        >>> round(float(CTCLoss()(labels, logits)), 3)
        4.223
        >>> float(CTCLoss()(labels, logits, lengths=[2]))
        nan

    Reference:
        Graves et al., Connectionist temporal classification, 2006.
    """

    def __init__(
        self,
        blank: int = 0,
        max_label_length: int | None = None,
        skip_impossible: bool = False,
        reduction: str | None = "mean_with_sample_weight",
        name: str | None = "ctc",
        dtype: DTypeLike = None,
    ) -> None:
        if not is_integer(blank, at_least=0):
            raise ValueError(
                "CTCLoss needs the number of a class for blank; received "
                f"blank={blank!r}."
            )
        if max_label_length is not None and not is_integer(max_label_length, 1):
            raise ValueError(
                "CTCLoss needs a positive integer for max_label_length, or None; "
                f"received max_label_length={max_label_length!r}."
            )
        super().__init__(reduction=reduction, name=name, dtype=dtype)
        self.blank = blank
        self.max_label_length = max_label_length
        self.skip_impossible = skip_impossible

    def __call__(
        self,
        y_true: Tensor,
        y_pred: Tensor,
        sample_weight: Tensor | None = None,
        *,
        lengths: Tensor | None = None,
        label_lengths: Tensor | None = None,
    ) -> Tensor:
        if lengths is None and label_lengths is None:
            return super().__call__(y_true, y_pred, sample_weight)
        y_true = _without_last_axis(symbol_numbers(y_true))
        if not ops.is_tensor(y_pred):
            y_pred = ops.convert_to_tensor(y_pred, dtype=self.dtype)
        self._check_shapes(tuple(y_true.shape), tuple(y_pred.shape))
        if label_lengths is not None:
            given, there = prefix(label_lengths, y_true, "label_lengths")
            y_true = ops.where(there, y_true, PADDING)
            y_true = unlearnable(y_true, ops.logical_not(is_length(given, y_true)))
        if lengths is not None:
            given, there = prefix(lengths, y_pred, "lengths")
            wrong = ops.logical_not(is_length(given, y_pred))
            if not self.skip_impossible:
                # Symbols need frames. Gone, as with weights of 0, the sequence would
                # cost nothing.
                symbols = read_labels(y_true, self.blank, y_pred.shape[-1]).lengths
                without = ops.logical_and(ops.equal(given, 0), symbols > 0)
                wrong = ops.logical_or(wrong, without)
            there = ops.logical_or(there, ops.expand_dims(wrong, -1))
            y_true = unlearnable(y_true, wrong)
            sample_weight = self._frame_weights(there, sample_weight, y_pred)
        return super().__call__(y_true, y_pred, sample_weight)

    def fits(self, event_size: int | None, size: int | None) -> bool:
        return may_be_equal(event_size, 1) and (size is None or size > self.blank)

    def expected_shapes(self) -> str:
        return (
            "y_true (batch, label), the numbers of classes, and y_pred (batch, time, "
            f"classes) with class {self.blank} for the blank"
        )

    def select_steps(
        self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Marks the frames that are not there, and empties sequences of weight 0.

        Args:
            y_true: `(batch, label)` or `(batch, label, 1)`.
            y_pred: `(batch, time, classes)`.
            sample_weight: `None`, `(batch,)`, `(batch, 1)` or `(batch, time)`.

        Returns:
            Labels `(batch, label)`, logits, and a weight for each sequence.

        Raises:
            ValueError: If the shapes do not fit each other.
        """
        mask = keras_mask(y_pred)
        y_true = _without_last_axis(symbol_numbers(y_true))
        y_pred = ops.convert_to_tensor(y_pred, dtype=self.dtype)
        self._check_shapes(tuple(y_true.shape), tuple(y_pred.shape))
        weight = self._frame_weights(mask, sample_weight, y_pred)
        counted = ops.not_equal(weight, 0)
        weight = largest(weight)
        if self.skip_impossible:
            labels = read_labels(y_true, self.blank, y_pred.shape[-1])
            enough = labels.frames_needed <= _frames(counted)
            weight = ops.where(enough, weight, 0)
        kept = ops.expand_dims(ops.not_equal(weight, 0), -1)
        counted = ops.logical_and(counted, kept)
        return (
            ops.where(kept, y_true, PADDING),
            ops.where(ops.expand_dims(counted, -1), y_pred, _GONE),
            weight,
        )

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Returns nats per sequence, `(batch,)`."""
        counted = ops.logical_not(ops.all(ops.equal(y_pred, _GONE), axis=-1))
        logits = ops.where(ops.expand_dims(counted, -1), y_pred, 0)
        labels = self._read(_without_last_axis(symbol_numbers(y_true)), logits)
        log_p, given_label = ctc_sums(
            ops.log_softmax(logits, axis=-1), labels, counted, self.blank
        )
        is_good = ops.logical_and(labels.known, is_possible(log_p))
        nats = ops.where(is_good, -log_p, math.nan)
        # The derivative is what softmax and the label disagree on. Handed over as the
        # slope of a sum of zeros it needs nothing of any backend.
        slope = ops.softmax(logits, axis=-1) - given_label
        there = ops.logical_and(ops.expand_dims(counted, -1), is_good[:, None, None])
        slope = ops.stop_gradient(ops.where(there, slope, 0))
        # Minus infinity, of a class of probability 0, less itself would be NaN.
        finite = ops.logical_and(there, ops.isfinite(logits))
        zero = ops.where(finite, logits - ops.stop_gradient(logits), 0)
        return nats + ops.sum(slope * zero, axis=(1, 2))

    def _read(self, y_true: Tensor, logits: Tensor) -> Labels:
        labels = read_labels(y_true, self.blank, logits.shape[-1])
        # A longer label ends behind the last place of all, where no path gets.
        return labels._replace(symbols=labels.symbols[:, : self.max_label_length])

    def _frame_weights(
        self, mask: Tensor | None, sample_weight: Tensor | None, y_pred: Tensor
    ) -> Tensor:
        weight = self._step_weights(sample_weight, ops.convert_to_tensor(y_pred))
        return weight if mask is None else ops.where(mask, weight, 0)

    def _check_shapes(
        self, y_true_shape: tuple[int | None, ...], y_pred_shape: tuple[int | None, ...]
    ) -> None:
        fits = len(y_true_shape) == 2 and len(y_pred_shape) == 3
        if (
            not fits
            or 0 in (y_true_shape[1], y_pred_shape[1])
            or not may_be_equal(y_true_shape[0], y_pred_shape[0])
            or not self.fits(None, y_pred_shape[-1])
        ):
            raise ValueError(
                f"CTCLoss needs {self.expected_shapes()}; received y_true.shape="
                f"{y_true_shape} and y_pred.shape={y_pred_shape}."
            )

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "blank": self.blank,
            "max_label_length": self.max_label_length,
            "skip_impossible": self.skip_impossible,
        }


def _without_last_axis(y_true: Tensor) -> Tensor:
    is_one = len(y_true.shape) == 3 and y_true.shape[-1] == 1
    return ops.squeeze(y_true, -1) if is_one else y_true


def _frames(counted: Tensor) -> Tensor:
    return ops.sum(ops.cast(counted, "int32"), axis=1)
