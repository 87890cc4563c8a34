"""How the activations of a layer are distributed."""

import math
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

EDGES = np.linspace(-1, 1, 41)
EXTREME = 0.9
"""A unit is at an extreme above this size."""


def density(states: Array) -> Array:
    """The density between `EDGES`, over all units and frames."""
    counts, _ = np.histogram(np.clip(states, -1, 1), EDGES)
    found: Array = counts / counts.sum() / np.diff(EDGES)
    return found


def extreme_share(states: Array) -> float:
    """The share of the units and frames that are at an extreme."""
    return float((np.abs(states) > EXTREME).mean())


def kurtosis(states: Array) -> float:
    """Of the activations of all units, less that of a normal distribution.

    It is -2 if they are at two extremes, -1.2 if they are spread evenly.
    """
    centred = states - states.mean()
    variance = float((centred**2).mean())
    return float((centred**4).mean()) / variance**2 - 3 if variance else math.nan
