"""Losses of the stand-ins: a class at every step, and CTC."""

from typing import Any

import keras
from keras import ops

from keras_gated.losses import NegativeLogLikelihood

Tensor = Any

BLANK = 0
"""The class of CTC that stands for no letter; in targets, the end of a label."""

_PADDING = -1


@keras.saving.register_keras_serializable(package="odyssey2015")
class CategoricalNLL(NegativeLogLikelihood):
    r"""Negative log-likelihood of one of several classes at every step.

    $$-\log \mathrm{softmax}(a)_y$$

    Targets are `(batch, time, 1)`, the number of the class; predictions are logits,
    `(batch, time, classes)`.
    """

    def fits(self, event_size: int | None, size: int | None) -> bool:
        return event_size in (None, 1)

    def expected_shapes(self) -> str:
        return "y_true (batch, time, 1) and y_pred (batch, time, classes)"

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Returns nats per step, `(batch, time)`."""
        classes = ops.cast(ops.squeeze(y_true, -1), "int32")
        return ops.sparse_categorical_crossentropy(classes, y_pred, from_logits=True)


@keras.saving.register_keras_serializable(package="odyssey2015")
class CTCNLL(NegativeLogLikelihood):
    r"""Negative log-likelihood of a label whose letters have no place in time.

    $$-\log \sum_{\pi \to y} \prod_t \mathrm{softmax}(a_t)_{\pi_t}$$

    over all paths $\pi$ of letters and blanks that become the label $y$ once repeated
    letters are one and blanks are gone. Predictions are logits `(batch, time,
    classes)`, of which class 0 is the blank. Targets are `(batch, time, 1)`: the
    label from the first step on, then zeros. So a label travels with its sequence
    through the same batches, and the weight of its steps tells the length of both.

    The nats of a sequence are spread evenly over its steps: their sum is what CTC
    gives.

    Args:
        most_letters: The letters of the longest label, which take time and memory; as
            many as there are steps if `None`.
        **kwargs: Arguments of `NegativeLogLikelihood`.
    """

    def __init__(self, most_letters: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most_letters = most_letters

    def fits(self, event_size: int | None, size: int | None) -> bool:
        return event_size in (None, 1)

    def expected_shapes(self) -> str:
        return "y_true (batch, time, 1) and y_pred (batch, time, classes)"

    def select_steps(
        self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """As for every likelihood, but steps of weight 0 stay known to `call`."""
        y_true, y_pred, weight = super().select_steps(y_true, y_pred, sample_weight)
        counted = ops.expand_dims(ops.not_equal(weight, 0), -1)
        return ops.where(counted, y_true, _PADDING), y_pred, weight

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Returns nats per step, `(batch, time)`."""
        classes = ops.cast(ops.squeeze(y_true, -1), "int32")
        counted = ops.not_equal(classes, _PADDING)
        label = ops.maximum(classes, BLANK)[:, : self.most_letters]
        # A row that only fills a batch up has no step: it is taken for one blank.
        steps = ops.maximum(ops.sum(ops.cast(counted, "int32"), axis=1), 1)
        nats = ops.ctc_loss(
            label,
            y_pred,
            ops.sum(ops.cast(label > BLANK, "int32"), axis=1),
            steps,
            mask_index=BLANK,
        )
        share = ops.cast(nats, y_pred.dtype) / ops.cast(steps, y_pred.dtype)
        return ops.where(counted, ops.expand_dims(share, -1), 0)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "most_letters": self.most_letters}
