"""Sequences of symbols as one row of numbers, with a mark where each begins."""

from collections.abc import Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

START = 0
"""Stands before every sequence: it is context, and never predicted."""


def joined(sequences: Sequence[Any], symbols: int) -> Array:
    """Sequences end to end, each behind `START`; symbol `s` becomes `s + 1`.

    Args:
        sequences: A row of integers each.
        symbols: Number of symbols in the vocabulary.

    Raises:
        ValueError: If there is no sequence, or one is empty, is no row of integers, or
            has a symbol outside of the vocabulary.
    """
    if symbols < 1:
        raise ValueError(f"A vocabulary has one symbol at least. Received {symbols=}.")
    if not len(sequences):
        raise ValueError("There is no sequence. Give one at least.")
    dtype = np.min_scalar_type(symbols)
    start = np.array([START], dtype)
    pieces = []
    for number, sequence in enumerate(sequences):
        values = np.asarray(sequence)
        _check(number, values, symbols)
        pieces += [start, values.astype(dtype) + 1]
    return np.concatenate(pieces, dtype=dtype, casting="unsafe")


def _check(number: int, values: Array, symbols: int) -> None:
    if values.ndim != 1 or not values.size or values.dtype.kind not in "iu":
        raise ValueError(
            f"Sequence {number} must be a row of integers, with one at least. Received "
            f"shape {values.shape}, dtype {values.dtype}."
        )
    low, high = int(values.min()), int(values.max())
    if low < 0 or high >= symbols:
        raise ValueError(
            f"Sequence {number} has symbols from {low} to {high}; the vocabulary has "
            f"0 to {symbols - 1}."
        )
