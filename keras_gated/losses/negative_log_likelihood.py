"""What the losses of all heads have in common."""

from typing import Any

import keras
from keras import ops

from keras_gated._precision import DTypeLike, float32_or_wider
from keras_gated._types import Shape, Tensor


class NegativeLogLikelihood(keras.losses.Loss):
    """Base of losses that score each step of a sequence and average over steps.

    `call` gives one number per step, in nats. Calling the loss reduces them, by
    default to the mean over all steps of all sequences, weighted by
    `sample_weight`:

    - Without `sample_weight` every step counts. A Keras mask that reaches the
      predictions is ignored: which layers hand it on differs between versions of
      Keras, and a likelihood should not.
    - A weight of 0 removes its step exactly, whatever `y_true` and `y_pred` hold
      there, NaN and infinity included: neither the loss nor the gradient moves.
    - If all weights are 0, so is the loss.
    - Half-precision predictions are computed in float32.

    Subclasses implement `call`, `fits` and `expected_shapes`.

    Args:
        reduction: `"mean_with_sample_weight"` divides by the sum of the weights.
            `"sum"`, `"sum_over_batch_size"`, `"mean"` and `"none"` are those of
            `keras.losses.Loss`.
        name: Name of the loss.
        dtype: Dtype or policy to compute in; `None` for `keras.config.floatx()`.
            float16 and bfloat16 become float32.
    """

    def __init__(
        self,
        reduction: str | None = "mean_with_sample_weight",
        name: str | None = None,
        dtype: DTypeLike = None,
    ) -> None:
        policy = float32_or_wider(dtype or keras.config.floatx())
        super().__init__(name=name, reduction=reduction, dtype=policy)

    def __call__(
        self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None = None
    ) -> Tensor:
        return super().__call__(*self.select_steps(y_true, y_pred, sample_weight))

    def fits(self, event_size: int | None, size: int | None) -> bool:
        """Tells whether `size` predictions can score `event_size` targets.

        Args:
            event_size: Last dimension of `y_true`, `None` if unknown.
            size: Last dimension of `y_pred`, `None` if unknown.

        Returns:
            Whether the two dimensions belong together.
        """
        raise NotImplementedError

    def expected_shapes(self) -> str:
        """Says which shapes `y_true` and `y_pred` must have, for error messages."""
        raise NotImplementedError

    def select_steps(
        self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Replaces the steps of weight 0 by harmless ones.

        Args:
            y_true: `(..., event_size)`.
            y_pred: `(..., size)`, as the head returns it.
            sample_weight: `None`, or weights whose axes are the leading ones of a
                step: `(batch,)`, `(batch, 1)` or `(batch, time)`.

        Returns:
            `y_true` and `y_pred` with zeros at the steps of weight 0, and one weight
            for each step.

        Raises:
            ValueError: If the shapes do not fit each other.
        """
        y_true = ops.convert_to_tensor(y_true, dtype=self.dtype)
        y_pred = ops.convert_to_tensor(y_pred, dtype=self.dtype)
        self._check_shapes(tuple(y_true.shape), tuple(y_pred.shape))
        weight = self._step_weights(sample_weight, y_pred)
        counted = ops.expand_dims(ops.not_equal(weight, 0), -1)
        # Replaced before anything is computed: multiplying a NaN by 0 afterwards
        # would leave NaN in the loss, and in the gradient even behind a `where`.
        # The new tensors also carry no Keras mask.
        return ops.where(counted, y_true, 0), ops.where(counted, y_pred, 0), weight

    def _check_shapes(self, y_true_shape: Shape, y_pred_shape: Shape) -> None:
        same_steps = len(y_true_shape) == len(y_pred_shape) >= 2 and all(
            map(may_be_equal, y_true_shape[:-1], y_pred_shape[:-1])
        )
        if not same_steps or not self.fits(y_true_shape[-1], y_pred_shape[-1]):
            raise ValueError(
                f"{type(self).__name__} needs {self.expected_shapes()}, or both "
                f"without time; received y_true.shape={y_true_shape} and "
                f"y_pred.shape={y_pred_shape}."
            )

    def _step_weights(self, sample_weight: Tensor | None, y_pred: Tensor) -> Tensor:
        return step_weights(sample_weight, y_pred, self.dtype, type(self).__name__)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "dtype": self.dtype}


def step_weights(
    sample_weight: Tensor | None, y_pred: Tensor, dtype: str, name: str
) -> Tensor:
    """One weight for each step of `y_pred`, 1 by default.

    Raises:
        ValueError: If the weights do not fit; says that `name` needs others.
    """
    steps = ops.shape(y_pred)[:-1]
    if sample_weight is None:
        return ops.ones(steps, dtype=dtype)
    weight = ops.convert_to_tensor(sample_weight, dtype=dtype)
    if len(weight.shape) == len(steps) + 1 and weight.shape[-1] == 1:
        weight = ops.squeeze(weight, -1)
    while len(weight.shape) < len(steps):
        weight = ops.expand_dims(weight, -1)
    if not _broadcasts(weight.shape, y_pred.shape[:-1]):
        raise ValueError(
            f"{name} needs a sample_weight of shape (batch,), "
            "(batch, 1) or (batch, time); received sample_weight.shape="
            f"{tuple(ops.shape(sample_weight))} for "
            f"y_pred.shape={tuple(y_pred.shape)}."
        )
    return ops.broadcast_to(weight, steps)


def keras_mask(y_pred: Tensor) -> Tensor | None:
    """Which steps there are, as far as the layers before have handed it on."""
    return getattr(y_pred, "_keras_mask", None)


def largest(weight: Tensor) -> Tensor:
    """The largest weight of each sequence, `(batch,)`, of which there may be none."""
    if weight.shape[0] == 0:
        # TensorFlow and PyTorch refuse it, though no maximum would be of nothing.
        return weight[:, 0]
    return ops.max(weight, axis=1)


def may_be_equal(size: int | None, other: int | None) -> bool:
    """Whether two sizes are one, as far as they are known."""
    return size is None or other is None or size == other


def _broadcasts(weight_shape: Shape, steps: Shape) -> bool:
    return len(weight_shape) == len(steps) and all(
        size == 1 or may_be_equal(size, step)
        for size, step in zip(weight_shape, steps, strict=True)
    )
