"""Symbols that are to be said again after a long time."""

import numpy as np

from keras_gated._integers import positive_integers
from keras_gated.datasets.synthetic._drawing import Piece, drawn
from keras_gated.datasets.synthetic.dataset import SyntheticDataset
from keras_gated.datasets.synthetic.memorization import (
    CHARACTERS,
    check_symbols,
    repeated,
)


def copying(
    lag: int = 100,
    length: int = 10,
    symbols: int = 8,
    seed: int = 0,
    rows: int = 20,
    windows: int = 1000,
    held_out: int = 5,
) -> SyntheticDataset:
    """Draws strings that are repeated after a long time of full stops.

    `length` symbols are read, then `lag` others of which the last one, `=`, says that
    the time is over; the symbols are to be known, and a full stop ends it. A window is
    one string with all that belongs to it, so that gradients reach from its end to its
    beginning.

    Args:
        lag: Steps between the last of the symbols and the first of their repetition.
        length: Symbols of a string.
        symbols: How many there are, 2 to 26.
        seed: Seed of all that is drawn.
        rows: Number of streams, the batch size, at most 65,536.
        windows: Windows of each training stream.
        held_out: Windows of each stream of `valid`, and as many of `test`.

    Returns:
        A `SyntheticDataset`, with windows of `2 * length + lag + 1` steps.

    Raises:
        ValueError: If an argument is out of range, or a split would have more than
            2**28 symbols in all its streams.

    Examples:
        >>> from keras_gated.datasets import synthetic
        >>> data = synthetic.copying(lag=12, length=4, windows=2)
        >>> data.vocabulary.decode(data.train[0, : data.window])
        'ghac...........=ghac.'

    Reference:
        Hochreiter and Schmidhuber 1997, "Long short-term memory", for tasks of this
        kind; Arjovsky et al. 2016 (arXiv:1511.06464), section 4.1, for these lengths.
    """
    lag, length, symbols = positive_integers(lag=lag, length=length, symbols=symbols)
    check_symbols(symbols)
    window = 2 * length + lag + 1

    def draw(rng: np.random.Generator, steps: int, is_train: bool) -> Piece:
        return repeated(rng, -(-steps // window), length, symbols, lag)

    return drawn(
        "copying",
        draw,
        CHARACTERS[:symbols] + "=.",
        seed=seed,
        rows=rows,
        window=window,
        windows=windows,
        held_out=held_out,
    )
