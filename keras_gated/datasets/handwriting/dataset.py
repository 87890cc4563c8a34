"""`HandwritingDataset`, what `load` returns."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_lowercase
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

SPLITS = ("train", "valid", "test")

Arrays: TypeAlias = list[npt.NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Word:
    """A word as the way of a pen.

    Args:
        points: `(time, 3)`: x to the right and y upwards, in pixels, and 1 where the
            pen is lifted after the point.
        text: Its letters.
        writer: Number of the person who drew them.
    """

    points: npt.NDArray[np.float32] = field(repr=False)
    text: str
    writer: int


@dataclass(frozen=True, eq=False)
class HandwritingDataset:
    """Handwritten words, split by who wrote them.

    Args:
        name: Name of the source.
        train: Words to learn from.
        valid: Words to choose by.
        test: Words to report.
        source: Where the letters come from.
        fingerprint: SHA-256 of the words of each split.

    Examples:
        >>> import numpy as np
        >>> from keras_gated.datasets import handwriting
        >>> tick = np.array([[0, 0, 0], [3, -4, 0], [9, 4, 1]], "float32")
        >>> word = handwriting.Word(points=tick, text="v", writer=0)
        >>> data = handwriting.HandwritingDataset(
        ...     name="ticks", train=[word], valid=[word], test=[word],
        ...     source="made up", fingerprint="")
        >>> offsets, letters = data.offsets("train", standardize=False)
        >>> offsets[0].tolist()
        [[0.0, 0.0, 0.0], [3.0, -4.0, 0.0], [6.0, 8.0, 1.0]]
        >>> letters[0].tolist()
        [22]
    """

    name: str
    train: list[Word] = field(repr=False)
    valid: list[Word] = field(repr=False)
    test: list[Word] = field(repr=False)
    source: str
    fingerprint: str

    @property
    def letters(self) -> str:
        """The letters that words are made of."""
        return ascii_lowercase

    def offsets(self, split: str, standardize: bool = True) -> tuple[Arrays, Arrays]:
        """Returns the way of the pen step by step, and the letters of each word.

        Args:
            split: `"train"`, `"valid"` or `"test"`.
            standardize: Whether offsets are divided by their root mean square in
                `train`, one number for both directions.

        Returns:
            Arrays `(time, 3)` with the offsets in x and y from the point before, 0 at
            the first, and 1 where the pen is lifted after the point. Arrays
            `(letters,)` with the letters counted from 1: 0 is left to the blank of
            CTC.

        Raises:
            ValueError: For an unknown split.
        """
        if split not in SPLITS:
            raise ValueError(f"Unknown split {split!r}, known are: {', '.join(SPLITS)}")
        scale = self._scale() if standardize else 1.0
        words: list[Word] = getattr(self, split)
        return (
            [_steps(word.points, scale) for word in words],
            [
                np.array([1 + self.letters.index(letter) for letter in word.text])
                for word in words
            ],
        )

    def _scale(self) -> float:
        offsets = [_steps(word.points, 1.0)[:, :2] for word in self.train]
        square = np.square(np.concatenate(offsets), dtype=np.float64).mean()
        return float(np.sqrt(square)) or 1.0


def fingerprint(splits: Mapping[str, Sequence[Word]]) -> str:
    """SHA-256 of the points and the letters of each split."""
    digest = hashlib.sha256()
    for split in SPLITS:
        digest.update(f"{split} {len(splits[split])}".encode())
        for word in splits[split]:
            digest.update(word.text.encode() + b"\0")
            digest.update(np.round(10 * word.points).astype("<i4").tobytes())
    return digest.hexdigest()


def _steps(points: npt.NDArray[np.float32], scale: float) -> npt.NDArray[np.float32]:
    steps = points.copy()
    steps[:, :2] = np.diff(points[:, :2], axis=0, prepend=points[:1, :2]) / scale
    return steps
