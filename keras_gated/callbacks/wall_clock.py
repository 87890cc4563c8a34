"""Seconds and updates per epoch."""

import time
from typing import Any

import keras


class WallClock(keras.callbacks.Callback):
    """Logs how long each epoch took and how many updates it made.

    Adds to the logs of an epoch, and so to the history that `fit` returns:

    - `seconds`: wall-clock time from the beginning of the epoch to its end,
      training and validation together. The first epoch contains the compilation.
    - `updates`: how often the optimizer updated the weights. This is the number
      of batches, less the steps that a `keras.optimizers.LossScaleOptimizer`
      skipped, divided by `gradient_accumulation_steps` where that is set. Left out
      if the model has no optimizer.

    A callback sees the logs as those before it in the list left them, so put this
    one before any that reads its entries (`keras.callbacks.CSVLogger`).

    Examples:
        >>> import keras
        >>> import numpy as np
        >>> from keras_gated.callbacks import WallClock
        >>> model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> x, y = np.ones((8, 3)), np.ones((8, 1))
        >>> history = model.fit(
        ...     x, y, batch_size=2, epochs=2, callbacks=[WallClock()], verbose=0
        ... )
        >>> history.history["updates"]
        [4, 4]
        >>> all(seconds > 0 for seconds in history.history["seconds"])
        True
    """

    def __init__(self) -> None:
        super().__init__()
        self._begin = 0.0
        self._updates_before: int | None = None
        self._batches = 0

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._begin = time.perf_counter()
        self._updates_before = None
        self._batches = 0

    def on_train_batch_begin(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        # Only here, since another callback may set the optimizer back when an
        # epoch begins.
        if self._updates_before is None:
            self._updates_before = self._updates()

    def on_train_batch_end(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        self._batches = batch + 1

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if logs is None:
            return
        logs["seconds"] = time.perf_counter() - self._begin
        if self.model.optimizer is None:
            return
        after = self._updates()
        before = after if self._updates_before is None else self._updates_before
        # On TensorFlow the optimizer also counts the call that finds no batch left.
        logs["updates"] = min(after - before, self._batches)

    def _updates(self) -> int:
        optimizer = self.model.optimizer
        return int(keras.ops.convert_to_numpy(optimizer.iterations)) if optimizer else 0
