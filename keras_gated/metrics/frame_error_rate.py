"""The share of frames that are taken for another class."""

import keras
from keras import ops

from keras_gated._precision import DTypeLike, float32_or_wider
from keras_gated._types import Tensor
from keras_gated.metrics._ratio import Ratio, class_numbers, frame_weights


@keras.saving.register_keras_serializable(package="keras_gated")
class FrameErrorRate(Ratio):
    """Share of the frames of an epoch whose most probable class is a wrong one.

    Give it to `compile(weighted_metrics=[...])`: Keras hands no sample weights to
    `metrics=[...]`, where padding would count. A Keras mask that reaches the
    predictions is heeded in both: its frames are gone.

    Args:
        name: Name of the metric.
        dtype: Dtype or policy of the running sums; `None` for
            `keras.config.floatx()`. float16 and bfloat16 become float32.

    Examples:
        >>> import numpy as np
        >>> from keras_gated.metrics import FrameErrorRate
        >>> metric = FrameErrorRate()
        >>> logits = np.eye(3)[[[0, 1, 2, 2]]]
        >>> metric.update_state(np.array([[0, 1, 1, 0]]), logits, [[1, 1, 1, 0]])
        >>> round(float(metric.result()), 3)
        0.333
    """

    def __init__(self, name: str = "frame_error_rate", dtype: DTypeLike = None) -> None:
        super().__init__(
            name=name, dtype=float32_or_wider(dtype or keras.config.floatx())
        )

    def update_state(
        self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None = None
    ) -> None:
        """Adds the frames of a batch.

        Args:
            y_true: Numbers of classes, `(batch, time)` or `(batch, time, 1)`.
            y_pred: Logits or probabilities, `(batch, time, classes)`.
            sample_weight: `None`, or of shape `(batch,)`, `(batch, 1)` or
                `(batch, time)`.

        Raises:
            ValueError: If the shapes do not fit each other.
        """
        y_true, y_pred = class_numbers(self, y_true, y_pred, same_time=True)
        weight = frame_weights(self, sample_weight, y_pred)
        best = ops.cast(ops.argmax(y_pred, axis=-1), "int32")
        wrong = ops.cast(ops.not_equal(best, y_true), self.dtype)
        self.add(ops.sum(wrong * weight), ops.sum(weight))
