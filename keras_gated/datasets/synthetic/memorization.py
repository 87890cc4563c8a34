"""Symbols that are to be said once more."""

import string

import numpy as np

from keras_gated._integers import positive_integers
from keras_gated.datasets.synthetic._drawing import Piece, check_size, drawn
from keras_gated.datasets.synthetic.dataset import SyntheticDataset

CHARACTERS = string.ascii_lowercase + "=."


def memorization(
    length: int = 5,
    symbols: int = 26,
    seed: int = 0,
    rows: int = 20,
    window: int = 36,
    windows: int = 1000,
    held_out: int = 20,
) -> SyntheticDataset:
    """Draws strings that are repeated, such as `qxmea=qxmea.`

    To be known are the symbols behind `=`. With the defaults a window is three strings.

    Args:
        length: Symbols of a string.
        symbols: How many there are, 2 to 26, beside `=` and the full stop.
        seed: Seed of all that is drawn.
        rows: Number of streams, the batch size, at most 65,536.
        window: Steps from one update to the next.
        windows: Windows of each training stream.
        held_out: Windows of each stream of `valid`, and as many of `test`.

    Returns:
        A `SyntheticDataset`.

    Raises:
        ValueError: If an argument is out of range, or a split would have more than
            2**28 symbols in all its streams, of which each has a whole string at
            least.

    Examples:
        >>> from keras_gated.datasets import synthetic
        >>> data = synthetic.memorization(windows=2, held_out=1)
        >>> data.vocabulary.decode(data.train[0, :24])
        'uyait=uyait.sfdzk=sfdzk.'
        >>> int(data.known["test"][0].sum())
        15

    Reference:
        Jozefowicz et al. 2015, "An empirical exploration of recurrent network
        architectures", section 3.2, where it filters architectures.
    """
    length, symbols, rows = positive_integers(length=length, symbols=symbols, rows=rows)
    check_symbols(symbols)
    whole = 2 * length + 2
    check_size(rows, whole, f"strings of length={length}, each with its repetition,")
    alphabet = CHARACTERS[:symbols] + "=."

    def draw(rng: np.random.Generator, steps: int, is_train: bool) -> Piece:
        count = -(-steps // whole)
        return repeated(rng, count, length, symbols, lag=1)

    return drawn(
        "memorization",
        draw,
        alphabet,
        seed=seed,
        rows=rows,
        window=window,
        windows=windows,
        held_out=held_out,
    )


def check_symbols(symbols: int) -> None:
    """Raises a `ValueError` unless there are letters for so many."""
    if not 2 <= symbols <= len(string.ascii_lowercase):
        raise ValueError(f"symbols must be from 2 to 26, received symbols={symbols}")


def repeated(
    rng: np.random.Generator, count: int, length: int, symbols: int, lag: int
) -> Piece:
    """Strings, something else for `lag` symbols, the strings again, and a full stop.

    Of the lag the last symbol, which says that it is over, has the number `symbols`;
    the full stop and what waits have the next one.
    """
    strings = rng.integers(0, symbols, (count, length))
    stop = np.full((count, 1), symbols + 1)
    cue = np.full((count, 1), symbols)
    wait = np.full((count, lag - 1), symbols + 1)
    stream = np.concatenate([strings, wait, cue, strings, stop], axis=1)
    known = np.zeros(stream.shape, bool)
    known[:, length + lag : -1] = True
    chances = np.ones(stream.shape, np.float32)
    chances[:, :length] = 1 / symbols
    return Piece(stream.ravel().astype(np.int32), known.ravel(), chances.ravel())
