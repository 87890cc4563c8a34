"""`load`: letters of a source in, a `HandwritingDataset` out."""

import os
from collections.abc import Sequence

from keras_gated._integers import check_seed
from keras_gated.datasets.handwriting._catalogue import CATALOGUE
from keras_gated.datasets.handwriting._letters import read_npz, read_zip
from keras_gated.datasets.handwriting._words import compose_splits
from keras_gated.datasets.handwriting.dataset import (
    SPLITS,
    HandwritingDataset,
    fingerprint,
)

SOURCES = tuple(CATALOGUE)
"""The names that `load` knows."""

_READERS = {".npz": read_npz, ".zip": read_zip}


def load(
    source: str = "omniglot",
    words: Sequence[int] = (1400, 300, 300),
    lengths: Sequence[int] = (3, 7),
    spacing: float = 10.0,
    seed: int = 0,
    data_dir: str | os.PathLike[str] | None = None,
    download: bool = True,
) -> HandwritingDataset:
    """Loads words put together from the letters that people drew.

    They stand in for IAM-OnDB, which only registered users may download. Results on
    them do not compare with those on IAM-OnDB: strokes are real, words are not.

    Sources:

    - `"omniglot"`: the Latin alphabet in Omniglot, 26 small letters that each of 20
      people drew once, by mouse or finger, in a box of 105 pixels. MIT licence.

    A word has `lengths[0]` to `lengths[1]` letters of one person, each letter drawn
    from the alphabet with the same probability: no letter is rare, and none can be told
    from its neighbours, so that what is read is the hand. The letters stand beside each
    other as high as they were drawn, 10 pixels from the ink of one to that of the next;
    a letter looks the same in all words of a person. 14 people, drawn from `seed`,
    write `train`, 3 others `valid`, and the last 3 `test`.

    The pen was recorded at hundreds of points a letter. Each stroke is resampled to
    points at equal distances along it, about `spacing` pixels; its ends stay. So the
    speed of the pen is lost, and its times are left out.

    The file is looked for in this order:

    1. `data_dir`, and nowhere else, if it is given;
    2. the folder that the environment variable `KERAS_GATED_DATA` names;
    3. Keras' cache, `datasets/keras_gated/handwriting` in `KERAS_HOME` or `~/.keras`;
    4. the web, whence it goes into the cache.

    A folder may hold the file itself or in `handwriting`: either of Omniglot's archives
    `strokes_background_small1.zip` and `strokes_background_small2.zip`, or the compact
    `omniglot_strokes.npz`. A file whose SHA-256 is not that of a published one is not
    read.

    Args:
        source: One of `handwriting.SOURCES`.
        words: How many words there are in `train`, `valid` and `test`.
        lengths: Fewest and most letters of a word.
        spacing: Pixels from one point of a stroke to the next.
        seed: Seed of the split and of the words.
        data_dir: Folder with the data.
        download: Whether the web may be asked.

    Returns:
        A `HandwritingDataset`.

    Raises:
        ValueError: For an unknown `source`, an argument out of range, or where the file
            is not a published one.
        DatasetNotFoundError: Where no place has the file. It is both a `ValueError`
            and a `FileNotFoundError`.

    Examples:
        >>> from keras_gated.datasets import handwriting
        >>> data = handwriting.load("omniglot", seed=0)  # doctest: +SKIP
        >>> len(data.train), data.train[0].text  # doctest: +SKIP
        (1400, 'nhigh')

    Reference:
        Lake, Salakhutdinov & Tenenbaum, "Human-level concept learning through
        probabilistic program induction", Science 2015 (data).
    """
    if source not in CATALOGUE:
        raise ValueError(f"Unknown source {source!r}, known are: {', '.join(SOURCES)}")
    _check_arguments(words, lengths, spacing, seed)
    published = CATALOGUE[source]
    path = published.find(data_dir, download)
    writers = _READERS[path.suffix](published.read(path))
    fewest, most = lengths
    counts = dict(zip(SPLITS, words, strict=True))
    splits = compose_splits(writers, counts, (fewest, most), spacing, seed)
    return HandwritingDataset(
        name=source,
        **splits,
        source=str(path),
        fingerprint=fingerprint(splits),
    )


def _check_arguments(
    words: Sequence[int], lengths: Sequence[int], spacing: float, seed: int
) -> None:
    if len(words) != len(SPLITS) or min(words) < 1:
        raise ValueError(
            f"words must be three positive numbers, for {', '.join(SPLITS)}. "
            f"Received: {words}"
        )
    if len(lengths) != 2 or not 1 <= lengths[0] <= lengths[1]:
        raise ValueError(
            "lengths must be the fewest and the most letters of a word, at least 1. "
            f"Received: {lengths}"
        )
    if not 1 <= spacing <= 105:
        raise ValueError(f"spacing must be from 1 to 105 pixels, received {spacing}")
    check_seed(seed)
