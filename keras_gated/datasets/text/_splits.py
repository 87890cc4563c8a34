"""How a text is cut into parallel streams, and these into training and test."""

import math
from collections.abc import Sequence

import numpy as np

from keras_gated.datasets.text.vocabulary import Numbers

SPLITS = ("train", "valid", "test")


def cut(
    numbers: Numbers, split: str, rows: int, window: int, fractions: Sequence[float]
) -> dict[str, Numbers]:
    """The streams of each split, `(rows, steps + 1)`.

    Args:
        numbers: The text.
        split: `"rows"` takes train, valid and test from each row, `"tail"` from the
            text.
        rows: How many streams there are in each split.
        window: The steps of a split are a multiple of it.
        fractions: How much goes to each split.

    Raises:
        ValueError: Where a split would be empty.
    """
    windows = max(len(numbers) - 1, 0) // (rows * window)
    counts = _counts(windows, fractions)
    if min(counts) < 1:
        raise ValueError(
            f"A text of {len(numbers)} symbols has {windows} windows of "
            f"{window} steps in each of {rows} rows, which gives {_listed(counts)}. "
            "Every split needs one at least: take fewer rows or a shorter window."
        )
    streams, done = {}, 0
    for name, count in zip(SPLITS, counts, strict=True):
        steps = count * window
        if split == "rows":
            starts = [row * windows * window + done * window for row in range(rows)]
        else:
            starts = [done * rows * window + row * steps for row in range(rows)]
        streams[name] = stacked(numbers, starts, steps + 1)
        done += count
    return streams


def stacked(numbers: Numbers, starts: Sequence[int], length: int) -> Numbers:
    """The streams that begin at these places."""
    return np.stack([numbers[start : start + length] for start in starts])


def _counts(windows: int, fractions: Sequence[float]) -> tuple[int, int, int]:
    """How many windows a split gets; what is left over is for the test."""
    # As rounded: 0.29 * 100 is a little less than 29.
    train, valid = (math.floor(windows * part + 1e-9) for part in fractions[:2])
    return train, valid, windows - train - valid


def _listed(counts: Sequence[int]) -> str:
    return ", ".join(f"{n} {name}" for name, n in zip(SPLITS, counts, strict=True))
