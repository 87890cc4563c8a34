"""Texts and probabilities that belong together."""

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def checked(streams: Any, probabilities: Any) -> tuple[Array, Array]:
    """Streams of bytes, and the probability of each character but the first ones.

    Raises:
        ValueError: If they do not fit each other, or are no bytes, no probabilities.
    """
    text, values = np.asarray(streams), np.asarray(probabilities)
    if text.ndim != 2 or text.dtype != np.uint8:
        raise ValueError(
            "streams must be bytes (streams, steps + 1), uint8. Received shape "
            f"{text.shape}, dtype {text.dtype}."
        )
    if values.shape != (text.shape[0], text.shape[1] - 1):
        raise ValueError(
            "There must be a probability for each character but the first of each "
            f"stream. Received the shape {values.shape} for streams {text.shape}."
        )
    if not ((values >= 0) & (values <= 1)).all():
        raise ValueError(
            "Probabilities lie between 0 and 1. Received "
            f"{values[~((values >= 0) & (values <= 1))][:3]}."
        )
    return text, values
