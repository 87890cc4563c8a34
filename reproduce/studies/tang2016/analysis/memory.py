"""The memory of every layer of a model, at every frame."""

from collections.abc import Sequence
from itertools import islice
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
    rows = -(-len(sentences) // TOGETHER) * TOGETHER
    # Of one size, so that a compiler compiles once; what follows changes nothing.
    batch = np.zeros((rows, longest, sentences[0].shape[1]), np.float32)
    for row, sentence in zip(batch, sentences, strict=False):
        row[: len(sentence)] = sentence
    found: list[list[Array]] = []
    remaining = iter(sentences)
    for layers in analysis.gate_batches(model, batch, batch_size=TOGETHER):
        states = [_memory(of_layer) for of_layer in layers.values()]
        found += [
            [state[row, : len(sentence)].copy() for state in states]
            for row, sentence in enumerate(islice(remaining, TOGETHER))
        ]
    return found


def _memory(gates: dict[str, Array]) -> Array:
    return np.tanh(gates["carry"]) if "carry" in gates else gates["output"]
