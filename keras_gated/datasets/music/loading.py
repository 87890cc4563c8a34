"""`load` and what it returns."""

import os
from collections.abc import Iterable

from keras_gated.datasets.music._catalogue import CATALOGUE
from keras_gated.datasets.music._find import find
from keras_gated.datasets.music._piano_roll import (
    fingerprint,
    to_paper_columns,
)
from keras_gated.datasets.music._read import read_canonical
from keras_gated.datasets.music.dataset import MusicDataset

NAMES = tuple(CATALOGUE)
"""The names that `load` knows."""

ENCODINGS = ("piano", "paper")
"""The ways to lay pitches out in columns."""


def load(
    name: str,
    data_dir: str | os.PathLike[str] | None = None,
    encoding: str = "piano",
    download: bool = True,
) -> MusicDataset:
    """Loads one of the four polyphonic-music data sets.

    The sets are `"jsb_chorales"` (a step is a quarter note), `"nottingham"`,
    `"musedata"` and `"piano_midi_de"` (a step is an eighth note), transposed to C.
    The file is looked for in this order:

    1. `data_dir`, and nowhere else, if it is given;
    2. the folder that the environment variable `KERAS_GATED_DATA` names;
    3. Keras' cache, `datasets/keras_gated/music` in `KERAS_HOME` or `~/.keras`;
    4. the web, whence it goes into the cache;
    5. for `jsb_chorales`, the scores in the package music21, of which the same
       sequences are made, once, into the cache.

    A folder may hold the files itself or in `music`, `original` or `music/original`,
    as `.npz`, as the upstream pickles (`.pickle`, `.pickle.xz`) or as `.mat`. A file
    whose SHA-256 is not that of a published one is not read.

    Args:
        name: One of `music.NAMES`.
        data_dir: Folder with the data.
        encoding: `"piano"` has 88 columns, column = MIDI pitch - 21. `"paper"` has as
            many columns as Chung et al. state (nottingham 93, jsb_chorales 96,
            musedata 105, piano_midi_de 108), column = MIDI pitch - 1.
        download: Whether the web may be asked.

    Returns:
        A `MusicDataset`.

    Raises:
        ValueError: For an unknown `name` or `encoding`, or where the file is not the
            published one.
        DatasetNotFoundError: Where no place has the data set. It is both a
            `ValueError` and a `FileNotFoundError`.
        ImportError: Where the file needs a package that is missing.

    Examples:
        >>> from keras_gated.datasets import music
        >>> music.NAMES
        ('jsb_chorales', 'nottingham', 'musedata', 'piano_midi_de')
        >>> chorales = music.load("jsb_chorales")  # doctest: +SKIP
        >>> len(chorales.train), chorales.train[0].shape  # doctest: +SKIP
        (229, (129, 88))

    Reference:
        Boulanger-Lewandowski, Bengio & Vincent, "Modeling temporal dependencies in
        high-dimensional sequences", ICML 2012 (data); Chung et al., arXiv 1412.3555,
        section 4 (dimensions).
    """
    _check_known("data set", name, NAMES)
    _check_known("encoding", encoding, ENCODINGS)
    path = find(name, data_dir, download)
    splits = read_canonical(path, name)
    digest = fingerprint(splits)
    if encoding == "paper":
        highest = CATALOGUE[name].highest_pitch
        splits = {
            split: [to_paper_columns(roll, highest) for roll in rolls]
            for split, rolls in splits.items()
        }
    return MusicDataset(
        name=name,
        train=splits["train"],
        valid=splits["valid"],
        test=splits["test"],
        encoding=encoding,
        source=str(path),
        fingerprint=digest,
    )


def _check_known(what: str, given: str, known: Iterable[str]) -> None:
    if given not in known:
        raise ValueError(f"Unknown {what} {given!r}, known are: {', '.join(known)}")
