"""What searches are given: log-probabilities of the frames that there are."""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def log_softmax(logits: npt.NDArray[Any]) -> Floats:
    """Log-probabilities over the last axis, in double precision."""
    logits = logits.astype(np.float64)
    logits = logits - logits.max(axis=-1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


def sequences(logits: Any, lengths: Any, blank: int) -> Iterator[Floats]:
    """The log-probabilities of each sequence, `(frames, classes)`, without padding.

    Raises:
        ValueError: If the shapes do not fit, a length is none, or a frame is not
            finite; says where.
    """
    array = keras.ops.convert_to_numpy(logits)
    if array.ndim != 3 or not 0 <= blank < array.shape[-1]:
        raise ValueError(
            "Decoding needs logits (batch, time, classes), and a class for blank. "
            f"Received logits.shape={array.shape} and blank={blank}."
        )
    batch, time, _ = array.shape
    frames = np.full(batch, time) if lengths is None else np.asarray(lengths)
    whole = np.issubdtype(frames.dtype, np.integer)
    if frames.shape != (batch,) or not whole or ((frames < 0) | (frames > time)).any():
        raise ValueError(
            f"Decoding needs lengths (batch,), integers from 0 to {time} for logits of "
            f"the shape {array.shape}. Received lengths={lengths!r}."
        )
    for number, (row, length) in enumerate(zip(array, frames.tolist(), strict=True)):
        # Minus infinity is a probability: 0.
        bad = np.isnan(row[:length]) | (row[:length] == np.inf)
        bad = bad.any(axis=-1) | np.isneginf(row[:length]).all(axis=-1)
        if bad.any():
            raise ValueError(
                f"Frame {int(bad.argmax())} of sequence {number} has logits that are "
                "no log-probabilities: NaN, infinity, or all minus infinity."
            )
        yield log_softmax(row[:length])
