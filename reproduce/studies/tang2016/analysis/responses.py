"""To which phones units respond."""

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

THRESHOLDS = {"lstm": 0.8, "gru": 0.5, "tanh": 0.5}
"""The shares of its maximum at which the paper says that a unit responds."""


def responses(states: Array, phones: Array, count: int) -> Array:
    """How strongly each unit responds to each phone.

    That is the size of its mean over the frames of the phone, as a share of the largest
    size that it has at any frame.

    Args:
        states: `(frames, units)`.
        phones: `(frames,)`, the number of the phone of each.
        count: How many phones there are.

    Returns:
        `(phones, units)`, from 0 to 1; NaN for a phone that is in no frame.
    """
    largest = np.abs(states).max(axis=0)
    found = np.full((count, states.shape[1]), np.nan)
    for phone in np.unique(phones):
        mean = np.abs(states[phones == phone].mean(axis=0))
        found[phone] = np.where(largest > 0, mean / np.maximum(largest, 1e-30), 0)
    return found


def units_per_phone(found: Array, threshold: float) -> Array:
    """How many units respond to each phone; NaN for one that is in no frame."""
    responding = (found > threshold).sum(axis=1).astype(float)
    return np.where(np.isnan(found[:, 0]), np.nan, responding)
