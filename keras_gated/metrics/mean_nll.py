"""The likelihood, pooled over the steps of an epoch."""

from typing import Any

import keras
from keras import ops

from keras_gated._precision import DTypeLike, float32_or_wider
from keras_gated._types import Tensor
from keras_gated.losses import NegativeLogLikelihood


@keras.saving.register_keras_serializable(package="keras_gated")
class MeanNLL(keras.metrics.Metric):
    r"""Mean negative log-likelihood over all steps of an epoch, in nats.

    $$\frac{\sum_b \sum_s w_{bs} \ell_{bs}}{\sum_b \sum_s w_{bs}}$$

    over the batches $b$ and their steps $s$, with $\ell$ the nats of a step and $w$
    its `sample_weight`. The `loss` that Keras logs is something else, an average of
    batch means, in which a step of a short sequence weighs more than one of a long
    sequence. The two agree only if all batches hold equally many valid steps.

    Give it to `compile(weighted_metrics=[...])`: Keras hands no sample weights to
    `metrics=[...]`, where padding would count.

    Args:
        loss: The likelihood, such as `BernoulliNLL()`. Its rules hold here too:
            steps of weight 0 are removed exactly, Keras masks are ignored. Its
            reduction plays no part.
        name: Name of the metric.
        dtype: Dtype or policy of the running sums; `None` for
            `keras.config.floatx()`. float16 and bfloat16 become float32.

    Raises:
        ValueError: If `loss` is not a likelihood of this package.

    Examples:
        >>> import numpy as np
        >>> from keras_gated.losses import BernoulliNLL
        >>> from keras_gated.metrics import MeanNLL
        >>> metric = MeanNLL(BernoulliNLL())
        >>> metric.update_state(np.zeros((1, 9, 2)), np.zeros((1, 9, 2)))
        >>> metric.update_state(np.zeros((1, 1, 2)), np.full((1, 1, 2), 100.0))
        >>> round(float(metric.result()), 3)
        21.248
    """

    def __init__(
        self,
        loss: NegativeLogLikelihood,
        name: str = "nll",
        dtype: DTypeLike = None,
    ) -> None:
        if not isinstance(loss, NegativeLogLikelihood):
            raise ValueError(
                "MeanNLL needs a loss such as BernoulliNLL() or MixtureNLL(); "
                f"received loss={loss!r}."
            )
        super().__init__(
            name=name, dtype=float32_or_wider(dtype or keras.config.floatx())
        )
        self.loss = loss
        self.nats = self._running_sum("nats")
        self.weight = self._running_sum("weight")

    def _running_sum(self, name: str) -> keras.Variable:
        return self.add_variable(
            shape=(), initializer="zeros", dtype=self.dtype, name=name
        )

    def update_state(
        self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None = None
    ) -> None:
        """Adds the steps of a batch.

        Args:
            y_true: `(batch, time, event_size)`.
            y_pred: `(batch, time, size)`, as the head returns it.
            sample_weight: `None`, or of shape `(batch,)`, `(batch, 1)` or
                `(batch, time)`.

        Raises:
            ValueError: If the shapes do not fit each other.
        """
        y_true, y_pred, weight = self.loss.select_steps(y_true, y_pred, sample_weight)
        nats = ops.sum(self.loss.call(y_true, y_pred) * weight)
        self.nats.assign_add(ops.cast(nats, self.dtype))
        self.weight.assign_add(ops.cast(ops.sum(weight), self.dtype))

    def result(self) -> Tensor:
        """Returns nats per step so far, 0 before the first step."""
        return ops.divide_no_nan(self.nats, self.weight)

    def get_config(self) -> dict[str, Any]:
        loss = keras.saving.serialize_keras_object(self.loss)
        return {**super().get_config(), "loss": loss}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "MeanNLL":
        loss = keras.saving.deserialize_keras_object(config["loss"])
        return cls(**{**config, "loss": loss})
