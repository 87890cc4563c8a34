"""The memory of every layer of a model, at every frame."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_gated import analysis

Array = np.ndarray[Any, Any]

TOGETHER = 12
"""Sentences that are run at a time."""


def memory(model: Any, sentences: Sequence[Array]) -> list[list[Array]]:
    """What each layer remembers: the cells of an LSTM through tanh, else the outputs.

    Args:
        model: A recogniser that goes forward.
        sentences: Its inputs, `(frames, bands)`.

    Returns:
        By sentence and layer `(frames, units)`, from -1 to 1.
    """
    longest = max(map(len, sentences))
    found: list[list[Array]] = []
    for begin in range(0, len(sentences), TOGETHER):
        some = sentences[begin : begin + TOGETHER]
        # Of one size, so that a compiler compiles once; what follows changes nothing.
        batch = np.zeros((TOGETHER, longest, some[0].shape[1]), np.float32)
        for row, sentence in zip(batch, some, strict=False):
            row[: len(sentence)] = sentence
        layers = analysis.gates(model, batch, batch_size=TOGETHER)
        states = [_memory(of_layer) for of_layer in layers.values()]
        found += [
            [state[row, : len(sentence)] for state in states]
            for row, sentence in enumerate(some)
        ]
    return found


def _memory(gates: dict[str, Array]) -> Array:
    return np.tanh(gates["carry"]) if "carry" in gates else gates["output"]
