"""States of stateful layers that start anew with every pass over the data."""

from typing import Any

import keras

from keras_gated._keras_layers import all_layers


class ResetStates(keras.callbacks.Callback):
    """Sets the states of all stateful layers back wherever a pass over data begins.

    With `stateful=True` a layer starts each batch where the one before ended: an epoch
    would start where the one before it ended, and validation where training was. With
    this callback the states are zeros

    - when an epoch of `fit` begins,
    - when `evaluate` begins, also that of the validation in `fit`, and `predict`,
    - when any of them is over, so that nothing is left for what comes next.

    It finds the layers in models inside the model, and in wrappers such as
    `WeightNoise`. Without a stateful layer it is refused, as it would do nothing.

    Raises:
        ValueError: In `fit`, `evaluate` or `predict`, if no layer of the model has
            `stateful=True`.

    Examples:
        >>> import keras
        >>> import numpy as np
        >>> from keras_gated.callbacks import ResetStates
        >>> from keras_gated.datasets import StreamBatches
        >>> from keras_gated.layers import GRU
        >>> model = keras.Sequential([
        ...     keras.Input(batch_shape=(2, None, 1)),
        ...     GRU(4, stateful=True, return_sequences=True),
        ...     keras.layers.Dense(1),
        ... ])
        >>> model.compile("sgd", "mse")
        >>> streams = np.random.default_rng(0).normal(size=(2, 21, 1))
        >>> batches = StreamBatches(streams, window=5, dtype="float32")
        >>> settings = {"callbacks": [ResetStates()], "verbose": 0}
        >>> history = model.fit(batches, shuffle=False, **settings)
        >>> losses = [model.evaluate(batches, **settings) for _ in range(2)]
        >>> losses[0] == losses[1]
        True
    """

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._reset()

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        self._reset()

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        self._reset()

    def on_test_end(self, logs: dict[str, Any] | None = None) -> None:
        self._reset()

    def on_predict_begin(self, logs: dict[str, Any] | None = None) -> None:
        self._reset()

    def on_predict_end(self, logs: dict[str, Any] | None = None) -> None:
        self._reset()

    def _reset(self) -> None:
        layers = [
            layer
            for layer in all_layers(self.model)
            if isinstance(layer, keras.layers.RNN) and layer.stateful
        ]
        if not layers:
            raise ValueError(
                "ResetStates found no layer with stateful=True in the model "
                f"{self.model.name!r}, so that no state is carried from batch to "
                "batch. Make its recurrent layers stateful, or leave the callback out."
            )
        for layer in layers:
            layer.reset_states()
