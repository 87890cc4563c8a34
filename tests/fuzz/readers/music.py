"""The layout of the music data sets that is not known by the hash of its bytes."""

from pathlib import Path

import numpy as np

from keras_gated.datasets.music._piano_roll import SPLITS
from keras_gated.datasets.music._read_npz import read_npz
from tests.datasets.music import layouts
from tests.datasets.music.layouts import TUNES
from tests.fuzz.reader import Reader, demand
from tests.fuzz.readers.zips import hostile_npz, spoil_member


def check_splits(splits):
    demand(tuple(splits) == SPLITS, "the splits")
    for rolls in splits.values():
        demand(len(rolls) > 0, "a split without sequences")
        for roll in rolls:
            demand(roll.dtype == np.uint8, f"a roll of {roll.dtype}")
            demand(roll.ndim == 2 and roll.shape[1] == 88, f"shape {roll.shape}")
            demand(len(roll) > 0 and roll.max() <= 1, "no steps, or no zeros and ones")


# Large enough that its parts are packed, small enough to be read a thousand times.
LONGER = {
    split: [
        [
            sorted({21 + (7 * voice + step) % 88 for voice in range(1 + step % 4)})
            for step in steps
        ]
        for steps in (range(30), range(11))
    ]
    for split in SPLITS
}


def read(path: Path):
    try:
        return read_npz(path)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


READERS = {
    "music .npz": Reader(
        suffix=".npz",
        read=read,
        check=check_splits,
        whole=lambda: {"tunes": layouts.npz(TUNES), "longer": layouts.npz(LONGER)},
        hostile=lambda: hostile_npz(layouts.npz(TUNES)),
        spoil=spoil_member,
    ),
}
