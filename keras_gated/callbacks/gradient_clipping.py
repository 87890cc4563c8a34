"""Clipping of the gradient norm during `fit`, with a log of the norms."""

import math
from typing import Any

import keras
import numpy as np

from keras_gated.callbacks._clipped_training import (
    ClippedTrainFunction,
    clipped_train_function,
)


class GradientClipping(keras.callbacks.Callback):
    r"""Rescales gradients whose global norm is too large, and logs the norms.

    With $g$ the gradients of all trainable variables taken as one vector, every
    update uses

    $$g \min(1, \text{max\_norm} / \|g\|_2)$$

    as `global_clipnorm` of a Keras optimizer does, but it lasts for this `fit`
    only, and it tells how often it acted. The optimizer, the model and what is
    saved of them stay as they are without this callback. Nothing is left behind
    when training is interrupted.

    Adds to the logs of an epoch, and so to the history that `fit` returns:

    - `gradient_norm`: mean over the updates of $\|g\|_2$ before clipping.
    - `clipped_share`: share of the updates, 0 to 1, in which it was above
      `max_norm`.

    Both are NaN where nothing was updated, as in a model whose weights are all frozen;
    that trains with this callback as it does without.

    Norm and threshold are those of the true gradient, also where the loss is
    scaled for float16: what a `keras.optimizers.LossScaleOptimizer` multiplies in
    is divided out first, and the steps that it skips for their non-finite
    gradients do not count. With `gradient_accumulation_steps` the gradient of each
    batch is clipped before they are averaged (so the mean obeys the bound as well),
    and mean and share are over batches. Under a `tf.distribute` strategy each
    replica clips its own part of the gradient, as with `global_clipnorm`.

    On JAX and TensorFlow a model compiles its training step once more for this
    callback; further calls of `fit` with the same instance reuse it. A callback
    sees the logs as those before it in the list left them, so put this one before
    any that reads its entries (`keras.callbacks.CSVLogger`).

    Args:
        max_norm: Largest global L2 norm of the gradients, above 0.

    Raises:
        ValueError: If `max_norm` is not a finite number above 0. In `fit`, if
            there is more than one `GradientClipping`, the model has no optimizer,
            or its own `train_step` does not call it.

    Examples:
        >>> import keras
        >>> import numpy as np
        >>> from keras_gated.callbacks import GradientClipping
        >>> model = keras.Sequential(
        ...     [keras.Input((1,)), keras.layers.Dense(1, use_bias=False)]
        ... )
        >>> model.set_weights([np.array([[3.0]])])
        >>> model.compile(keras.optimizers.SGD(0.25), "mse")
        >>> history = model.fit(
        ...     np.array([[1.0]]),
        ...     np.array([[0.0]]),
        ...     callbacks=[GradientClipping(max_norm=2.0)],
        ...     verbose=0,
        ... )
        >>> history.history["gradient_norm"], history.history["clipped_share"]
        ([6.0], [1.0])
        >>> float(model.get_weights()[0][0, 0])
        2.5

    Reference:
        Pascanu, Mikolov and Bengio (2013), On the difficulty of training recurrent
        neural networks, section 3.2. Chung et al. (2014), Empirical evaluation of
        gated recurrent neural networks on sequence modeling, section 4, with
        `max_norm` 1.
    """

    def __init__(self, max_norm: float = 1.0) -> None:
        super().__init__()
        if not (math.isfinite(max_norm) and max_norm > 0):
            raise ValueError(
                "GradientClipping needs a finite max_norm above 0. "
                f"Received: max_norm={max_norm}"
            )
        self._max_norm = float(max_norm)
        # Sum of the norms, number of clipped updates, number of updates.
        self._totals = keras.Variable(
            np.zeros(3),
            dtype=keras.backend.result_type(keras.config.floatx(), "float32"),
            trainable=False,
            name="gradient_norm_totals",
        )
        self._clipped: ClippedTrainFunction | None = None

    @property
    def max_norm(self) -> float:
        """The largest norm, as given."""
        return self._max_norm

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        # Left over only if something failed between the beginning of a batch and
        # its update.
        left_over = self.model.train_function
        if isinstance(left_over, ClippedTrainFunction):
            self.model.train_function = left_over.plain
        if self.model.optimizer is None:
            raise ValueError(
                "GradientClipping acts where train_step hands the gradients to the "
                f"optimizer of the model. Received: {self.model.name}, compiled with "
                "optimizer=None"
            )

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._totals.assign(np.zeros(3))

    def on_train_batch_begin(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        plain = self.model.train_function
        if isinstance(plain, ClippedTrainFunction):
            raise ValueError(
                "fit takes one GradientClipping at most. Received two, with "
                f"max_norm={plain.max_norm} and max_norm={self.max_norm}"
            )
        # Not after a new `compile` or with another model.
        if self._clipped is None or not self._clipped.stands_in_for(self.model):
            self._clipped = clipped_train_function(
                self.model, self.max_norm, self._totals
            )
        self.model.train_function = self._clipped

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if logs is None:
            return
        norms, clipped, updates = map(float, keras.ops.convert_to_numpy(self._totals))
        logs["gradient_norm"] = norms / updates if updates else math.nan
        logs["clipped_share"] = clipped / updates if updates else math.nan
