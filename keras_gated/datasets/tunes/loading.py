"""`load`: collections of tunes in, a `TuneDataset` out."""

import os
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from keras_gated._integers import check_seed
from keras_gated.datasets.tunes._catalogue import CATALOGUE
from keras_gated.datasets.tunes.dataset import SPLITS, TuneDataset, fingerprint
from keras_gated.datasets.tunes.families import families
from keras_gated.datasets.tunes.reading import Reading, parse_abc
from keras_gated.datasets.tunes.tune import Tune

CORPORA = tuple(CATALOGUE)
"""The collections that `load` knows."""

BY_DEFAULT = ("nottingham", "oneill", "ryan", "aird")


def load(
    corpora: Sequence[str] = BY_DEFAULT,
    validation_split: float = 0.1,
    test_split: float = 0.1,
    seed: int = 0,
    data_dir: str | os.PathLike[str] | None = None,
) -> TuneDataset:
    """Loads folk tunes as tokens, split by melody.

    Collections:

    - `"nottingham"`: the Nottingham Music Database, 1,034 tunes, in the edition that
      Jukedeck cleaned. GPL-3.0;
    - `"oneill"`: O'Neill's Music of Ireland, 2,009;
    - `"ryan"`: Ryan's Mammoth Collection, 1,059;
    - `"aird"`: Aird's Selection of Scotch, English, Irish and Foreign Airs, 1,180;
    - `"essen"`: the Essen collection, whose terms exclude commercial use; only where
      it is asked for.

    All but the first are read where they lie in the installed package music21, of
    which they are part under terms of their own (`pip install "keras_gated[tunes]"`);
    its code is not used, see `read_abc`. The first is looked for, by its SHA-256, in
    `data_dir`, and nowhere else, if that is given; else in the folder that the
    environment variable `KERAS_GATED_DATA` names and in Keras' cache,
    `datasets/keras_gated/text` in `KERAS_HOME` or `~/.keras`. A folder may hold the
    file itself or in `text`.

    Books copy from each other, and from themselves in other keys. Tunes of one family
    (see `families`) therefore go to the same split: families in an order drawn from
    `seed` fill `test`, then `valid`, then `train`.

    Args:
        corpora: Some of `tunes.CORPORA`.
        validation_split: Share of the tunes for `valid`.
        test_split: Share of the tunes for `test`.
        seed: Seed of the split.
        data_dir: Folder with the file of `"nottingham"`.

    Returns:
        A `TuneDataset`. Its `refusals` are what was not understood.

    Raises:
        ValueError: For an unknown collection or a share out of range, or where the
            file is not a published one.
        DatasetNotFoundError: Where no place has the file, or music21 is not
            installed. It is both a `ValueError` and a `FileNotFoundError`.

    Examples:
        >>> from keras_gated.datasets import tunes
        >>> data = tunes.load(["aird"])  # doctest: +SKIP
        >>> len(data.train), len(data.refusals)  # doctest: +SKIP
        (927, 21)
        >>> data.train[0].title  # doctest: +SKIP
        'The Ranting Highlandman.'
    """
    if isinstance(corpora, str) or not corpora or not set(corpora) <= set(CORPORA):
        raise ValueError(
            f"corpora must be some of {', '.join(CORPORA)}. Received: {corpora!r}"
        )
    if min(validation_split, test_split) <= 0:
        raise ValueError(
            "validation_split and test_split must be above 0. Received: "
            f"{validation_split} and {test_split}"
        )
    if validation_split + test_split >= 1:
        raise ValueError(
            "validation_split and test_split must leave something to train on. "
            f"Received: {validation_split} and {test_split}"
        )
    check_seed(seed)
    reading = Reading([], [])
    for corpus in dict.fromkeys(corpora):
        for name, content in CATALOGUE[corpus].texts(data_dir):
            read = parse_abc(content, f"{corpus}/{name}")
            reading.tunes.extend(read.tunes)
            reading.refusals.extend(read.refusals)
    splits, count = _split(reading.tunes, validation_split, test_split, seed)
    return TuneDataset(
        name="+".join(dict.fromkeys(corpora)),
        **splits,
        refusals=reading.refusals,
        families=count,
        source=", ".join(dict.fromkeys(corpora)),
        fingerprint=fingerprint(splits),
    )


def _split(
    tunes: Sequence[Tune], validation_split: float, test_split: float, seed: int
) -> tuple[dict[str, list[Tune]], int]:
    """The tunes of each split, in their order, and how many families they are."""
    kin = defaultdict(list)
    for number, family in enumerate(families(tunes).tolist()):
        kin[family].append(number)
    groups = list(kin.values())
    wanted = {
        "test": round(test_split * len(tunes)),
        "valid": round(validation_split * len(tunes)),
    }
    members: dict[str, list[int]] = {split: [] for split in SPLITS}
    for number in np.random.default_rng(seed).permutation(len(groups)).tolist():
        filling = (s for s, count in wanted.items() if len(members[s]) < count)
        members[next(filling, "train")].extend(groups[number])
    return (
        {split: [tunes[n] for n in sorted(members[split])] for split in SPLITS},
        len(groups),
    )
