"""`load`: the name of a text in, a `TextDataset` out."""

import lzma
import math
import os
from collections.abc import Sequence
from typing import Any, Literal

from keras_gated._integers import positive_integers
from keras_gated.datasets.text._catalogue import CATALOGUE
from keras_gated.datasets.text._splits import SPLITS, cut
from keras_gated.datasets.text.dataset import TextDataset, fingerprint
from keras_gated.datasets.text.vocabulary import Text, Vocabulary

NAMES = tuple(CATALOGUE)
"""The names that `load` knows."""

Split = Literal["rows", "tail"]


def load(
    name: str = "war_and_peace",
    split: Split = "rows",
    rows: int = 100,
    window: int = 100,
    fractions: Sequence[float] | None = None,
    symbols: Literal["bytes", "characters"] = "bytes",
    data_dir: str | os.PathLike[str] | None = None,
    download: bool = True,
) -> TextDataset:
    r"""Loads a text as parallel streams of symbols.

    Texts:

    - `"war_and_peace"`: Tolstoy's novel in English, 3,258,246 bytes, 87 different ones;
      the file of Karpathy et al. 2015, byte by byte. Public domain.
    - `"linux_kernel"`: sources of Linux 6.1.192, 6,206,996 bytes, 97 different ones. It
      stands in for the second file of that paper, as long and from the same folder of
      an earlier version. GPL-2.0.
    - `"tiny_shakespeare"`: 1,115,394 bytes, 65 different ones, the example of char-rnn.
    - `"king_james"`: the Bible of 1611, a verse a line after its reference, 4,404,412
      bytes, 73 different ones. Public domain, but for a patent of the British Crown.

    `split` says what is trained and tested on:

    - `"rows"`: the text is cut into `rows` equal pieces, and train, valid and test are
      the first, the next and the last part of each. That is how char-rnn splits, and so
      the paper; its test set lies between its training text.
    - `"tail"`: the same numbers of symbols from the text as it goes: all of test comes
      after all of train.

    In both each split has `rows` streams of equal length, a multiple of `window`, and
    what is left over at the end of the text is dropped. For the first text the defaults
    give 260, 32 and 33 windows in each row.

    The file is looked for in this order:

    1. `data_dir`, and nowhere else, if it is given;
    2. the folder that the environment variable `KERAS_GATED_DATA` names;
    3. Keras' cache, `datasets/keras_gated/text` in `KERAS_HOME` or `~/.keras`;
    4. the web, whence it goes into the cache; only the first and the third are there.

    A folder may hold the file itself or in `text`, as it is or packed by xz. A file
    whose SHA-256 is not that of the published one is not read.

    Args:
        name: One of `text.NAMES`.
        split: `"rows"` or `"tail"`.
        rows: Number of streams, the batch size.
        window: Steps from one update to the next.
        fractions: How much is train, valid and test; by default 0.8, 0.1 and 0.1, for
            the kernel 0.9, 0.05 and 0.05, as in the paper.
        symbols: `"bytes"`, or `"characters"` of the text in UTF-8.
        data_dir: Folder with the data.
        download: Whether the web may be asked.

    Returns:
        A `TextDataset`. Its vocabulary is that of the whole text, as in the paper.

    Raises:
        ValueError: For an unknown `name`, an argument out of range, or where the file
            is not the published one.
        DatasetNotFoundError: Where no place has the file. It is both a `ValueError`
            and a `FileNotFoundError`.

    Examples:
        >>> from keras_gated.datasets import text
        >>> data = text.load("war_and_peace")  # doctest: +SKIP
        >>> data.train.shape, data.test.shape, data.vocabulary  # doctest: +SKIP
        ((100, 26001), (100, 3301), Vocabulary(87 bytes))

    Reference:
        Karpathy, Johnson & Li, "Visualizing and understanding recurrent networks", 2015
        (arXiv:1506.02078).
    """
    if name not in CATALOGUE:
        raise ValueError(f"Unknown text {name!r}, known are: {', '.join(NAMES)}")
    if symbols not in ("bytes", "characters"):
        raise ValueError(f'symbols are "bytes" or "characters", received {symbols!r}')
    entry = CATALOGUE[name]
    fractions = entry.fractions if fractions is None else fractions
    settings = _settings(split, rows, window, fractions)
    content, source = read(name, data_dir, download)
    return _dataset(
        content if symbols == "bytes" else content.decode(),
        settings,
        name=name,
        source=source,
    )


def from_text(
    content: Text,
    split: Split = "rows",
    rows: int = 100,
    window: int = 100,
    fractions: Sequence[float] = (0.8, 0.1, 0.1),
    vocabulary: Vocabulary | None = None,
    name: str = "text",
) -> TextDataset:
    """Cuts a text of your own, as `load` does with those that it knows.

    Args:
        content: `bytes`, a `str`, or a list of tokens.
        split: See `load`.
        rows: See `load`.
        window: See `load`.
        fractions: How much is train, valid and test.
        vocabulary: The symbols; those of the text by default.
        name: What the data set is called.

    Returns:
        A `TextDataset`.

    Raises:
        ValueError: If an argument is out of range, the text is too short for a window
            in each split of each row or has a single symbol, or one that is not in the
            vocabulary.

    Examples:
        >>> from keras_gated.datasets import text
        >>> tokens = ["K:D", "A", "F", "|"] * 100
        >>> data = text.from_text(tokens, split="tail", rows=4, window=5)
        >>> data.vocabulary.symbols
        ('A', 'F', 'K:D', '|')
    """
    return _dataset(
        content,
        _settings(split, rows, window, fractions),
        vocabulary=vocabulary,
        name=name,
        source="given",
    )


def read(
    name: str, data_dir: str | os.PathLike[str] | None, download: bool
) -> tuple[bytes, str]:
    """A named text as it is, and where it was found; `load` has the errors."""
    entry = CATALOGUE[name]
    path = entry.published.find(data_dir, download)
    content = entry.published.read(path)
    if path.suffix == ".xz":
        content = lzma.decompress(content)
    return content[: entry.length], str(path)


def _dataset(
    content: Text,
    settings: dict[str, Any],
    name: str,
    source: str,
    vocabulary: Vocabulary | None = None,
) -> TextDataset:
    vocabulary = Vocabulary.of(content) if vocabulary is None else vocabulary
    streams = cut(vocabulary.encode(content), **settings)
    return TextDataset(
        name=name,
        **streams,
        vocabulary=vocabulary,
        window=settings["window"],
        source=source,
        fingerprint=fingerprint(streams),
    )


def _settings(
    split: str, rows: int, window: int, fractions: Sequence[float]
) -> dict[str, Any]:
    """The arguments of `cut`, once they are in their ranges."""
    if split not in ("rows", "tail"):
        raise ValueError(f'split is "rows" or "tail", received {split!r}')
    rows, window = positive_integers(rows=rows, window=window)
    try:
        parts = [float(part) for part in fractions]
    except (TypeError, ValueError):
        parts = []
    if len(parts) != 3 or min(parts) <= 0 or not math.isclose(sum(parts), 1):
        raise ValueError(
            f"fractions must be three positive numbers for {', '.join(SPLITS)} that "
            f"sum up to 1. Received: {fractions}"
        )
    return {"split": split, "rows": rows, "window": window, "fractions": fractions}
