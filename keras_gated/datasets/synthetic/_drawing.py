"""Streams of a task, each drawn from a seed of its own."""

import hashlib
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from keras_gated._integers import is_integer, positive_integers
from keras_gated.datasets.synthetic.dataset import SPLITS, SyntheticDataset
from keras_gated.datasets.text import Vocabulary

MAX_SYMBOLS, MAX_ROWS = 1 << 28, 1 << 16
"""Most symbols of all rows of a split, which take gigabytes, and most rows."""


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
    if rows > MAX_ROWS:
        raise ValueError(f"rows must be at most {MAX_ROWS}, received {rows}")
    for count, name_of_count in ((windows, "windows"), (held_out, "held_out")):
        check_size(rows, window * count, f"{name_of_count}={count} of {window} steps")
    streams, known, chances = {}, {}, {}
    for number, split in enumerate(SPLITS):
        steps = window * (windows if split == "train" else held_out)
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


def check_size(rows: int, symbols: int, what: str) -> None:
    """Raises a `ValueError` if rows of so many symbols would fill the memory."""
    if rows * symbols > MAX_SYMBOLS:
        raise ValueError(
            f"{what} are {rows} rows of {symbols} symbols, {rows * symbols} in all; "
            f"there may be {MAX_SYMBOLS}"
        )
