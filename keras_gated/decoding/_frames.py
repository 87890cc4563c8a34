"""What searches are given: log-probabilities of the frames that there are."""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from keras_gated._integers import are_integers, is_integer

Floats = npt.NDArray[np.float64]


def log_softmax(logits: npt.NDArray[Any]) -> Floats:
    """Log-probabilities over the last axis, in double precision."""
    logits = logits.astype(np.float64)
    logits = logits - logits.max(axis=-1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


def is_class(blank: Any, classes: int) -> bool:
    """Whether the number of the blank is that of a class."""
    return is_integer(blank, at_least=0) and blank < classes


def is_numeric(array: npt.NDArray[Any]) -> bool:
    """Whether an array has real numbers, such as bfloat16, which NumPy calls void."""
    return array.dtype.kind in "biufV"


def says_nothing(logits: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Which frames have no log-probabilities; `(..., classes)` to `(...)`."""
    # Minus infinity is a probability: 0.
    bad = (np.isnan(logits) | (logits == np.inf)).any(axis=-1)
    found: npt.NDArray[np.bool_] = bad | np.isneginf(logits).all(axis=-1)
    return found


def sequences(logits: Any, lengths: Any, blank: int) -> Iterator[Floats]:
    """The log-probabilities of each sequence, `(frames, classes)`, without padding.

    Raises:
        ValueError: If the shapes do not fit, a length is none, or a frame is not
            finite; says where.
    """
    array = keras.ops.convert_to_numpy(logits)
    if array.ndim != 3 or not is_class(blank, array.shape[-1]):
        raise ValueError(
            "Decoding needs logits (batch, time, classes), and a class for blank. "
            f"Received logits.shape={array.shape} and blank={blank!r}."
        )
    if not is_numeric(array):
        raise ValueError(
            f"Decoding needs logits that are numbers. Received {array.dtype}."
        )
    batch, time, _ = array.shape
    frames = np.full(batch, time) if lengths is None else np.asarray(lengths)
    fits = frames.shape == (batch,) and are_integers(frames)
    if not fits or ((frames < 0) | (frames > time)).any():
        raise ValueError(
            f"Decoding needs lengths (batch,), integers from 0 to {time} for logits of "
            f"the shape {array.shape}. Received lengths={lengths!r}."
        )
    for number, (row, length) in enumerate(zip(array, frames.tolist(), strict=True)):
        bad = says_nothing(row[:length])
        if bad.any():
            raise ValueError(
                f"Frame {int(bad.argmax())} of sequence {number} has logits that are "
                "no log-probabilities: NaN, infinity, or all minus infinity."
            )
        yield log_softmax(row[:length])
