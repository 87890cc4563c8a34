"""Streams of a task, each drawn from a seed of its own."""

import hashlib
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from keras_gated._integers import is_integer, positive_integers
from keras_gated.datasets.synthetic.dataset import SPLITS, SyntheticDataset
from keras_gated.datasets.text import Vocabulary

MAX_SYMBOLS = 1 << 31
"""Most symbols of a split: what is longer is a slip of the fingers."""


class Piece(NamedTuple):
    """A part of a stream.

    Attributes:
        symbols: Numbers of symbols `(symbols,)`.
        known: Which of them can be known from those before.
        chances: How probable it is that the best guess of each is right.
    """

    symbols: npt.NDArray[np.int32]
    known: npt.NDArray[np.bool_]
    chances: npt.NDArray[np.float32]


Draw = Callable[[np.random.Generator, int, bool], Piece]
"""A generator, a number of symbols and whether it is to learn from, to at least as
many symbols."""


def joined(pieces: list[Piece]) -> Piece:
    """The pieces one after the other."""
    return Piece(*map(np.concatenate, zip(*pieces, strict=True)))


def drawn(
    name: str,
    draw: Draw,
    characters: str,
    *,
    seed: int,
    rows: int,
    window: int,
    windows: int,
    held_out: int,
) -> SyntheticDataset:
    """The data set of a task, whose splits and rows are drawn independently."""
    rows, window, windows, held_out = positive_integers(
        rows=rows, window=window, windows=windows, held_out=held_out
    )
    if not is_integer(seed, at_least=0):
        raise ValueError(f"seed must be an integer of at least 0, received {seed!r}")
    streams, known, chances = {}, {}, {}
    for number, split in enumerate(SPLITS):
        steps = window * (windows if split == "train" else held_out)
        if rows * steps > MAX_SYMBOLS:
            raise ValueError(
                f"{rows} rows of {steps} steps are {rows * steps} symbols in {split}; "
                f"there may be {MAX_SYMBOLS}. Ask for fewer windows."
            )
        seeds = np.random.SeedSequence([seed, number]).spawn(rows)
        pieces = [
            draw(np.random.default_rng(of_row), steps + 1, split == "train")
            for of_row in seeds
        ]
        streams[split] = np.stack([p.symbols[: steps + 1] for p in pieces])
        known[split] = np.stack([p.known[1 : steps + 1] for p in pieces])
        chances[split] = np.stack([p.chances[1 : steps + 1] for p in pieces])
    digest = hashlib.sha256()
    for split in SPLITS:
        digest.update(f"{split} {streams[split].shape}".encode())
        digest.update(streams[split].astype("<i4").tobytes())
    return SyntheticDataset(
        name=name,
        **streams,
        known=known,
        chances=chances,
        vocabulary=Vocabulary(characters),
        window=window,
        fingerprint=digest.hexdigest(),
    )
