"""Texts as streams of words."""

import os
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from keras_gated._integers import positive_integers
from keras_gated.datasets.text._splits import SPLITS, stacked
from keras_gated.datasets.text.dataset import TextDataset, fingerprint
from keras_gated.datasets.text.loading import from_text, read
from keras_gated.datasets.text.vocabulary import Numbers, Vocabulary

UNKNOWN, END = "<unk>", "<eos>"

REFERENCE = re.compile(r"^\S+\s+", re.MULTILINE)
TOKEN = re.compile(r"[a-z]+(?:['-][a-z]+)*|\d+|[^\sa-z\d]|\n")

PENN_TREEBANK = {split: f"ptb.{split}.txt" for split in SPLITS}


def king_james_words(
    most_words: int = 10_000,
    rows: int = 20,
    window: int = 35,
    fractions: Sequence[float] = (0.84, 0.08, 0.08),
    data_dir: str | os.PathLike[str] | None = None,
    download: bool = True,
) -> TextDataset:
    """Loads the King James Bible as words, in the role of the Penn Treebank.

    It is about as long and has as many words. They are lower-case; a mark of
    punctuation is a word, `<eos>` ends a verse, and what is not among the most frequent
    ones is `<unk>`. The references of the verses are left out. All of test comes after
    all of train.

    Args:
        most_words: Most words of the vocabulary, `<unk>` and `<eos>` included.
        rows: Number of streams, the batch size.
        window: Steps from one update to the next.
        fractions: How much is train, valid and test.
        data_dir: Folder with the data, see `load`.
        download: Whether the web may be asked, which hasn't it.

    Returns:
        A `TextDataset`.

    Raises:
        ValueError: If an argument is out of range.
        DatasetNotFoundError: Where no place has the file.

    Examples:
        >>> from keras_gated.datasets import text
        >>> words = text.king_james_words()  # doctest: +SKIP
        >>> words.vocabulary  # doctest: +SKIP
        Vocabulary(10000 tokens)
    """
    if most_words < 3:
        raise ValueError(
            f"most_words must be at least 3: {UNKNOWN}, {END} and a word. Received "
            f"most_words={most_words}."
        )
    content, source = read("king_james", data_dir, download)
    tokens = _tokens(REFERENCE.sub("", content.decode()).lower())
    counts = Counter(token for token in tokens if token != END)
    kept = {END, *(word for word, _ in counts.most_common(most_words - 2))}
    data = from_text(
        [word if word in kept else UNKNOWN for word in tokens],
        split="tail",
        rows=rows,
        window=window,
        fractions=fractions,
        name="king_james_words",
    )
    return TextDataset(**{**vars(data), "source": source})


def read_penn_treebank(
    folder: str | os.PathLike[str], rows: int = 20, window: int = 35
) -> TextDataset:
    """Reads the words of the Penn Treebank as language models have them.

    It may not be passed on, so it is in no package. The folder holds `ptb.train.txt`,
    `ptb.valid.txt` and `ptb.test.txt`, a sentence a line, whose end is read as `<eos>`.

    Args:
        folder: Where the three files are.
        rows: Number of streams, the batch size.
        window: Steps from one update to the next.

    Returns:
        A `TextDataset` with the words of `ptb.train.txt`.

    Raises:
        ValueError: If an argument is out of range, a file is missing, too short or no
            text in UTF-8, or `valid` or `test` has a word that `train` has not.
    """
    rows, window = positive_integers(rows=rows, window=window)
    found = {split: Path(folder) / name for split, name in PENN_TREEBANK.items()}
    lacking = [path.name for path in found.values() if not path.is_file()]
    if lacking:
        raise ValueError(
            f"{folder} is no folder of the Penn Treebank: it needs "
            f"{', '.join(PENN_TREEBANK.values())}, and has no {', '.join(lacking)}."
        )
    tokens = {split: _sentences(path) for split, path in found.items()}
    vocabulary = Vocabulary.of(tokens["train"])
    streams: dict[str, Numbers] = {}
    for split, words in tokens.items():
        steps = (len(words) - 1) // (rows * window) * window
        if steps < 1:
            raise ValueError(
                f"{found[split]} has {len(words)} words, which are too few for a "
                f"window of {window} steps in each of {rows} rows."
            )
        try:
            numbers = vocabulary.encode(words)
        except ValueError as error:
            raise ValueError(f"{found[split]}: {error}") from error
        starts = range(0, rows * steps, steps)
        streams[split] = stacked(numbers, starts, steps + 1)
    return TextDataset(
        name="penn_treebank",
        **streams,
        vocabulary=vocabulary,
        window=window,
        source=str(folder),
        fingerprint=fingerprint(streams),
    )


def _tokens(content: str) -> list[str]:
    return [END if token == "\n" else token for token in TOKEN.findall(content)]


def _sentences(path: Path) -> list[str]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is no text in UTF-8: {error}.") from error
    words = [word for line in lines for word in (*line.split(), END)]
    if len(words) == len(lines):
        raise ValueError(f"{path} has no words.")
    return words
