"""`SyntheticDataset`, what the tasks return."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from keras_gated.datasets.stream_batches import StreamBatches
from keras_gated.datasets.text import Vocabulary

SPLITS = ("train", "valid", "test")

Numbers: TypeAlias = npt.NDArray[np.int32]
Accuracy: TypeAlias = dict[str, float]


@dataclass(frozen=True, eq=False)
class SyntheticDataset:
    """Parallel streams of symbols, in which it is known what can be known.

    A stream of n steps has n + 1 symbols: each but the first is to be predicted from
    those before it. Some can be known from what was read: the digits of a sum, the name
    in a closing tag. The others are drawn, and nobody does better than to guess the
    most probable one.

    Args:
        name: Name of the task.
        train: `(streams, steps + 1)` in int32, to learn from.
        valid: `(streams, steps + 1)`, to choose by.
        test: `(streams, steps + 1)`, to report.
        known: For each split booleans `(streams, steps)`: whether the symbol of the
            next step is one that the task asks to be known.
        chances: For each split `(streams, steps)`: how probable it is that the best
            guess of the next symbol is right.
        vocabulary: What the numbers stand for, characters.
        window: Steps of a window, of which each split has a whole number.
        fingerprint: SHA-256 of the streams.

    Examples:
        >>> from keras_gated.datasets import synthetic
        >>> data = synthetic.memorization(rows=2, window=12, windows=3)
        >>> data.train.shape, data.vocabulary
        ((2, 37), Vocabulary(28 characters))
        >>> text = data.vocabulary.decode(data.train[0, :12])
        >>> text[:5] == text[6:11], text[5], text[11]
        (True, '=', '.')
        >>> data.accuracy("test", data.test[:, 1:])
        {'all': 1.0, 'known': 1.0}
    """

    name: str
    train: Numbers = field(repr=False)
    valid: Numbers = field(repr=False)
    test: Numbers = field(repr=False)
    known: Mapping[str, npt.NDArray[np.bool_]] = field(repr=False)
    chances: Mapping[str, npt.NDArray[np.float32]] = field(repr=False)
    vocabulary: Vocabulary
    window: int
    fingerprint: str

    def batches(self, split: str, window: int | None = None) -> StreamBatches:
        """The windows of a split, one after another.

        Args:
            split: `"train"`, `"valid"` or `"test"`.
            window: Steps of a window; those of the data set by default.

        Raises:
            ValueError: For an unknown split, or a window that is not positive.
        """
        return StreamBatches(
            self._streams(split), self.window if window is None else window
        )

    def accuracy(self, split: str, guesses: npt.ArrayLike) -> Accuracy:
        """The share of the guesses that are right.

        Args:
            split: The split that they are of.
            guesses: Numbers of symbols `(streams, steps)`, one for each step.

        Returns:
            `"all"`, over all steps, and `"known"`, over those whose symbol can be
            known.

        Raises:
            ValueError: For an unknown split, or guesses of another shape.
        """
        targets, given = self._streams(split)[:, 1:], np.asarray(guesses)
        if given.shape != targets.shape:
            raise ValueError(
                f"accuracy needs a guess for each step of {split}, of the shape "
                f"{targets.shape} (streams, steps). Received the shape {given.shape}."
            )
        return self._averages(split, given == targets)

    def ceiling(self, split: str) -> Accuracy:
        """The expected accuracy of whoever knows the rules and forgets nothing.

        Args:
            split: The split whose symbols are to be guessed.

        Returns:
            As `accuracy`.

        Raises:
            ValueError: For an unknown split.
        """
        self._streams(split)
        return self._averages(split, self.chances[split])

    def _averages(self, split: str, values: npt.NDArray[Any]) -> Accuracy:
        known = values[self.known[split]]
        return {
            "all": float(values.mean(dtype=float)),
            "known": float(known.mean(dtype=float)) if known.size else float("nan"),
        }

    def _streams(self, split: str) -> Any:
        if split not in SPLITS:
            raise ValueError(f"Unknown split {split!r}, known are: {', '.join(SPLITS)}")
        return getattr(self, split)
