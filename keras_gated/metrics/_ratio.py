"""What error rates have in common: errors, and what they are counted among."""

import math

import keras
from keras import ops

from keras_gated._types import Tensor
from keras_gated.losses.negative_log_likelihood import (
    keras_mask,
    may_be_equal,
    step_weights,
)


class Ratio(keras.metrics.Metric):
    """The sum of the errors over that of what they are counted among."""

    def __init__(self, name: str, dtype: keras.DTypePolicy) -> None:
        super().__init__(name=name, dtype=dtype)
        self.errors = self._running_sum("errors")
        self.count = self._running_sum("count")

    def _running_sum(self, name: str) -> keras.Variable:
        return self.add_variable(
            shape=(), initializer="zeros", dtype=self.dtype, name=name
        )

    def add(self, errors: Tensor, count: Tensor) -> None:
        """Adds the errors of a batch."""
        self.errors.assign_add(ops.cast(errors, self.dtype))
        self.count.assign_add(ops.cast(count, self.dtype))

    def result(self) -> Tensor:
        """Returns the rate so far, 0 before any error, infinity of errors in none."""
        rate = ops.divide_no_nan(self.errors, self.count)
        among_none = ops.logical_and(ops.equal(self.count, 0), self.errors > 0)
        return ops.where(among_none, math.inf, rate)


def class_numbers(
    metric: keras.metrics.Metric, y_true: Tensor, y_pred: Tensor, same_time: bool
) -> tuple[Tensor, Tensor]:
    """Targets as integers `(batch, time)`, and predictions.

    Raises:
        ValueError: If the shapes do not fit each other.
    """
    y_true, y_pred = ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)
    if len(y_true.shape) == 3 and y_true.shape[-1] == 1:
        y_true = ops.squeeze(y_true, -1)
    axes = 2 if same_time else 1
    ranks = len(y_true.shape) == 2 and len(y_pred.shape) == 3
    if (
        not ranks
        or 0 in (y_true.shape[1], y_pred.shape[1])
        or not all(map(may_be_equal, y_true.shape[:axes], y_pred.shape[:axes]))
    ):
        time = "time" if same_time else "label"
        raise ValueError(
            f"{type(metric).__name__} needs y_true (batch, {time}), the numbers of "
            "classes, and y_pred (batch, time, classes); received y_true.shape="
            f"{tuple(y_true.shape)} and y_pred.shape={tuple(y_pred.shape)}."
        )
    return ops.cast(y_true, "int32"), y_pred


def frame_weights(
    metric: keras.metrics.Metric, sample_weight: Tensor | None, y_pred: Tensor
) -> Tensor:
    """One weight for each frame, 0 for one that the Keras mask leaves out."""
    weight = step_weights(sample_weight, y_pred, metric.dtype, type(metric).__name__)
    mask = keras_mask(y_pred)
    return weight if mask is None else ops.where(mask, weight, 0)
