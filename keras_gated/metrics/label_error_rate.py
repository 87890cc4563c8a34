"""Edits for each symbol: the phone error rate, where symbols are phones."""

from typing import Any

import keras
from keras import ops

from keras_gated._integers import is_integer
from keras_gated._precision import DTypeLike, float32_or_wider
from keras_gated._types import Tensor
from keras_gated.losses.negative_log_likelihood import largest
from keras_gated.metrics._edits import collapsed, edit_distances, packed
from keras_gated.metrics._ratio import Ratio, class_numbers, frame_weights


@keras.saving.register_keras_serializable(package="keras_gated")
class LabelErrorRate(Ratio):
    r"""Symbols to insert, delete and replace, for each symbol of all labels.

    $$\frac{\sum_b w_b \, d(\hat y_b, y_b)}{\sum_b w_b \, |y_b|}$$

    over the sequences $b$, with $d$ the edit distance and $\hat y$ what the most
    probable path reads as. It is the phone error rate where symbols are phones, the
    character error rate where they are letters, and may exceed 1.

    With `blank=None` it is that of a model trained frame by frame: equal classes of
    neighbouring frames are one symbol, of the predictions and of the targets.

    Give it to `compile(weighted_metrics=[...])`: Keras hands no sample weights to
    `metrics=[...]`, where padding would count. A Keras mask that reaches the
    predictions is heeded in both: its frames are gone.

    Args:
        blank: The class of CTC that stands for no symbol, or `None` if there is none.
        name: Name of the metric.
        dtype: Dtype or policy of the running sums; `None` for
            `keras.config.floatx()`. float16 and bfloat16 become float32.

    Raises:
        ValueError: If `blank` is no such number.

    Examples:
        >>> import numpy as np
        >>> from keras_gated.metrics import LabelErrorRate
        >>> metric = LabelErrorRate()
        >>> paths = np.eye(4)[[[1, 1, 0, 1, 2]]]
        >>> metric.update_state(np.array([[1, 1, 3, 2]]), paths)
        >>> float(metric.result())
        0.25
    """

    def __init__(
        self,
        blank: int | None = 0,
        name: str = "label_error_rate",
        dtype: DTypeLike = None,
    ) -> None:
        if blank is not None and not is_integer(blank, at_least=0):
            raise ValueError(
                "LabelErrorRate needs the number of a class for blank, or None; "
                f"received blank={blank!r}."
            )
        super().__init__(
            name=name, dtype=float32_or_wider(dtype or keras.config.floatx())
        )
        self.blank = blank

    def update_state(
        self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None = None
    ) -> None:
        """Adds the sequences of a batch.

        Args:
            y_true: Labels as `CTCLoss` takes them, `(batch, label)` or `(batch, label,
                1)`; without a blank the class of each frame, `(batch, time)` or
                `(batch, time, 1)`.
            y_pred: Logits or probabilities, `(batch, time, classes)`.
            sample_weight: `None`, weights `(batch,)` of sequences, or weights `(batch,
                time)` of frames, the largest of which is that of the sequence; a
                frame of weight 0 is gone.

        Raises:
            ValueError: If the shapes do not fit each other, or `blank` is no class.
        """
        framewise = self.blank is None
        y_true, y_pred = class_numbers(self, y_true, y_pred, same_time=framewise)
        if self.blank is not None and self.blank >= y_pred.shape[-1]:
            raise ValueError(
                "LabelErrorRate needs a class for blank; received y_pred.shape="
                f"{tuple(y_pred.shape)} and blank={self.blank}."
            )
        weight = frame_weights(self, sample_weight, y_pred)
        counted = ops.not_equal(weight, 0)
        best = ops.cast(ops.argmax(y_pred, axis=-1), "int32")
        found, found_lengths = collapsed(best, counted, self.blank)
        if framewise:
            wanted, wanted_lengths = collapsed(y_true, counted, None)
        else:
            is_symbol = ops.logical_and(y_true >= 0, ops.not_equal(y_true, self.blank))
            wanted, wanted_lengths = packed(y_true, is_symbol)
        edits = edit_distances(found, found_lengths, wanted, wanted_lengths)
        weight = largest(weight)
        self.add(
            ops.sum(ops.cast(edits, weight.dtype) * weight),
            ops.sum(ops.cast(wanted_lengths, weight.dtype) * weight),
        )

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "blank": self.blank}
