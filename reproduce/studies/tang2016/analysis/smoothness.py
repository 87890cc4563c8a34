"""How smoothly a memory moves."""

from collections.abc import Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

LAGS = (1, 2, 5, 10)
"""Frames of 10 ms."""


def step_length(sentences: Sequence[Array]) -> float:
    """The root mean square of a step, in units of the spread of all states.

    Independent states have the square root of 2; a memory that stands still has 0.
    """
    steps = sum(float((np.diff(s, axis=0) ** 2).sum()) for s in sentences)
    return float(
        np.sqrt(steps / sum(len(s) - 1 for s in sentences) / _spread(sentences))
    )


def autocorrelation(sentences: Sequence[Array], lag: int) -> float:
    """How alike states are that are so many frames apart, 1 for the same."""
    mean = np.concatenate(sentences).mean(axis=0)
    product = pairs = 0.0
    for states in sentences:
        centred = states - mean
        product += float((centred[lag:] * centred[:-lag]).sum())
        pairs += max(0, len(states) - lag)
    return product / pairs / _spread(sentences) if pairs else float("nan")


def _spread(sentences: Sequence[Array]) -> float:
    """The mean square of the distance from the mean state."""
    states = np.concatenate(sentences)
    return float(((states - states.mean(axis=0)) ** 2).sum(axis=1).mean())
