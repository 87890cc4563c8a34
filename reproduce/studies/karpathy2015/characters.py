"""What a model gives each character of a split."""

from typing import Any

import keras
import numpy as np

from reproduce.task import Array
from reproduce.training.symbols import Windows


def reset_states(model: Any) -> None:
    """Has every layer that carries states begin anew."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.RNN) and layer.stateful:
            layer.reset_states()


def log_probabilities(model: Any, windows: Windows) -> Array:
    """The logarithm of the probability of each character, states carried.

    Args:
        model: A model whose layers are stateful.
        windows: The windows of a split, a row for each stream.

    Returns:
        Nats, `(streams, steps)` in float32.
    """
    reset_states(model)
    found = []
    for inputs, targets, _ in windows:
        every = log_softmax(model.predict_on_batch(inputs))
        found.append(np.take_along_axis(every, targets[..., np.newaxis], -1)[..., 0])
    reset_states(model)
    return np.concatenate(found, axis=1)


def log_softmax(logits: Any) -> Array:
    """Logarithms of probabilities from logits, `(..., symbols)`."""
    values = np.asarray(logits, np.float32)
    values = values - values.max(axis=-1, keepdims=True)
    return values - np.log(np.exp(values).sum(axis=-1, keepdims=True))


def probabilities(log_probabilities: Array) -> Array:
    """Probabilities that rounding does not lift above 1."""
    return np.minimum(np.exp(log_probabilities.astype(float)), 1.0)
