"""`TextDataset`, what `load` returns."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from keras_gated.datasets.stream_batches import StreamBatches
from keras_gated.datasets.text._splits import SPLITS
from keras_gated.datasets.text.vocabulary import Numbers, Vocabulary


@dataclass(frozen=True, eq=False)
class TextDataset:
    """A text as parallel streams of numbers.

    A stream of n steps has n + 1 numbers: each but the first is to be predicted from
    those before it. The last one is the first of what follows in the text.

    Args:
        name: Name of the text.
        train: `(streams, steps + 1)` in int32, to learn from.
        valid: `(streams, steps + 1)`, to choose by.
        test: `(streams, steps + 1)`, to report.
        vocabulary: What the numbers stand for.
        window: Steps of a window, of which each split has a whole number.
        source: Where the text comes from.
        fingerprint: SHA-256 of the streams of each split.

    Examples:
        >>> from keras_gated.datasets import text
        >>> data = text.from_text("to be or not to be, " * 30, rows=2, window=10)
        >>> data.train.shape, data.valid.shape, data.test.shape
        ((2, 231), (2, 21), (2, 41))
        >>> data.vocabulary.decode(data.test[0, :12])
        'ot to be, to'
        >>> inputs, targets, sample_weight = data.batches("train")[0]
        >>> inputs.shape, bool((inputs[:, 1:] == targets[:, :-1]).all())
        ((2, 10), True)
    """

    name: str
    train: Numbers = field(repr=False)
    valid: Numbers = field(repr=False)
    test: Numbers = field(repr=False)
    vocabulary: Vocabulary
    window: int
    source: str
    fingerprint: str

    def batches(self, split: str, window: int | None = None) -> StreamBatches:
        """The windows of a split, one after another.

        Args:
            split: `"train"`, `"valid"` or `"test"`.
            window: Steps of a window; those of the data set by default.

        Raises:
            ValueError: For an unknown split, or a window that is not positive.
        """
        if split not in SPLITS:
            raise ValueError(f"Unknown split {split!r}, known are: {', '.join(SPLITS)}")
        return StreamBatches(
            getattr(self, split), self.window if window is None else window
        )


def fingerprint(streams: Mapping[str, Numbers]) -> str:
    """SHA-256 of the streams of each split."""
    digest = hashlib.sha256()
    for split in SPLITS:
        digest.update(f"{split} {streams[split].shape}".encode())
        digest.update(streams[split].astype("<i4").tobytes())
    return digest.hexdigest()
