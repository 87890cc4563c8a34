"""Sums and differences among letters that mean nothing."""

from numbers import Real

import numpy as np
import numpy.typing as npt

from keras_gated._integers import positive_integers
from keras_gated.datasets.synthetic._drawing import Piece, drawn, joined
from keras_gated.datasets.synthetic.dataset import SyntheticDataset

LETTERS = 26
CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789+-=."
ZERO, PLUS, MINUS, EQUALS, STOP = (CHARACTERS.index(c) for c in "0+-=.")

MAX_DIGITS, MAX_LETTERS = 8, 0.99

AT_ONCE = 1 << 23
"""Symbols for which expressions are drawn at a time."""

Integers = npt.NDArray[np.int64]


def arithmetic(
    digits: int = 8,
    curriculum: float = 0.0,
    letters: float = 0.5,
    seed: int = 0,
    rows: int = 20,
    window: int = 35,
    windows: int = 1000,
    held_out: int = 100,
) -> SyntheticDataset:
    r"""Draws expressions such as `3e36d9-h1h39f94eeh43keg3c=-13991064.`

    Two numbers of either sign are added or subtracted; the answer and a full stop
    follow. A number has 1 to `digits` digits, each count as probable, and no zero in
    front. Before every symbol of the question but its first one stand letters, which
    mean nothing: after each the next one follows with the probability `letters`. There
    are 40 symbols.

    To be known are the symbols of the answer behind `=`, its sign and its digits. The
    full stop is not counted among them, though it can be known.

    With a `curriculum` the training streams begin without letters: over that share of
    them the longest numbers have 1, 2, ... up to `digits` digits, in parts as long as
    these counts are large. Then come the letters, as in all that is held out.

    Args:
        digits: Most digits of a number, 1 to 8.
        curriculum: Share of the training streams that are easier, 0 to below 1.
        letters: How probable it is that another letter follows, 0 to 0.99.
        seed: Seed of all that is drawn.
        rows: Number of streams, the batch size, at most 65,536.
        window: Steps from one update to the next.
        windows: Windows of each training stream.
        held_out: Windows of each stream of `valid`, and as many of `test`.

    Returns:
        A `SyntheticDataset`.

    Raises:
        ValueError: If an argument is out of range, or a split would have more than
            2**28 symbols in all its streams.

    Examples:
        >>> from keras_gated.datasets import synthetic
        >>> data = synthetic.arithmetic(digits=3, letters=0, windows=2, held_out=20)
        >>> data.vocabulary.decode(data.train[0, :35])
        '-213--557=344.480-7=473.6+-106=-100'
        >>> {name: round(share, 2) for name, share in data.ceiling("test").items()}
        {'all': 0.6, 'known': 1.0}

    Reference:
        Jozefowicz et al. 2015, "An empirical exploration of recurrent network
        architectures", section 3.5. The paper does not say how its letters are drawn.
    """
    (digits,) = positive_integers(digits=digits)
    if digits > MAX_DIGITS:
        raise ValueError(
            f"digits must be from 1 to {MAX_DIGITS}, received digits={digits}"
        )
    if not isinstance(curriculum, Real) or not 0 <= curriculum < 1:
        raise ValueError(
            f"curriculum must be from 0 to below 1, received {curriculum!r}"
        )
    if not isinstance(letters, Real) or not 0 <= letters <= MAX_LETTERS:
        raise ValueError(
            f"letters must be from 0 to {MAX_LETTERS}, received {letters!r}"
        )

    def draw(rng: np.random.Generator, symbols: int, is_train: bool) -> Piece:
        stages = digits if is_train and curriculum else 0
        share = curriculum * symbols / sum(range(digits + 1))
        pieces = [
            _expressions(rng, int(share * longest), longest, 0.0)
            for longest in range(1, stages + 1)
        ]
        left = symbols - sum(len(piece.symbols) for piece in pieces)
        return joined([*pieces, _expressions(rng, max(left, 1), digits, letters)])

    return drawn(
        "arithmetic",
        draw,
        CHARACTERS,
        seed=seed,
        rows=rows,
        window=window,
        windows=windows,
        held_out=held_out,
    )


def _expressions(
    rng: np.random.Generator, symbols: int, digits: int, letters: float
) -> Piece:
    """Whole expressions of at least so many symbols."""
    # Twice the shortest, or that with the letters before three of its symbols: less
    # than most have, so that as many are enough, and few too many.
    shortest = len("1+1=2.")
    size = max(2 * shortest, shortest + 3 * letters / (1 - letters))
    pieces, length = [], 0
    while length < symbols:
        count = max(1, int(min(symbols - length, AT_ONCE) / size))
        pieces.append(_some(rng, count, digits, letters))
        length += len(pieces[-1].symbols)
    return joined(pieces)


def _some(rng: np.random.Generator, count: int, digits: int, letters: float) -> Piece:
    """So many expressions, all at once: a row each, with gaps where nothing stands."""
    first, second = _numbers(rng, count, digits), _numbers(rng, count, digits)
    is_sum = rng.random(count) < 0.5
    answer = first.value + np.where(is_sum, second.value, -second.value)
    operator = np.where(is_sum, PLUS, MINUS)[:, np.newaxis]
    question = np.concatenate(
        [
            first.written,
            operator,
            second.written,
            np.full((count, 1), EQUALS),
        ],
        axis=1,
    )
    result = np.concatenate(
        [_written(answer, digits + 1), np.full((count, 1), STOP)], axis=1
    )
    written = np.concatenate([question, result], axis=1)
    chances = np.concatenate(
        [
            _chances(first, digits, 0.5),
            _chances(second, digits, 1.0),
            np.ones_like(result, float),
        ],
        axis=1,
    )
    is_question = np.zeros(written.shape, bool)
    is_question[:, : question.shape[1]] = True
    is_answer = ~is_question
    is_answer[:, -1] = False
    is_first = np.zeros(written.shape, bool)
    np.put_along_axis(is_first, (written >= 0).argmax(axis=1)[:, np.newaxis], True, 1)

    there = written >= 0
    symbols, known, chances = written[there], is_answer[there], chances[there]
    among = (is_question & ~is_first)[there]
    before = np.where(among, rng.geometric(1 - letters, len(symbols)) - 1, 0)
    best = np.where(
        among, np.maximum((1 - letters) * chances, letters / LETTERS), chances
    )
    places = np.cumsum(before + 1) - 1
    stream = rng.integers(0, LETTERS, int(places[-1]) + 1)
    stream[places] = symbols
    to_be_known = np.zeros(len(stream), bool)
    to_be_known[places] = known
    return Piece(
        stream.astype(np.int32),
        to_be_known,
        np.repeat(best, before + 1).astype(np.float32),
    )


class _Numbers:
    """Numbers `(count,)`, how many digits they have, and how they are written."""

    def __init__(self, value: Integers, lengths: Integers, digits: int) -> None:
        self.value, self.lengths = value, lengths
        self.written = _written(value, digits)


def _numbers(rng: np.random.Generator, count: int, digits: int) -> _Numbers:
    lengths = rng.integers(1, digits + 1, count)
    smallest = 10 ** (lengths - 1)
    value = smallest + np.floor(rng.random(count) * 9 * smallest).astype(np.int64)
    return _Numbers(np.where(rng.random(count) < 0.5, -value, value), lengths, digits)


def _written(values: Integers, digits: int) -> Integers:
    """A sign and so many digits, -1 in the places of those that are not there."""
    powers = 10 ** np.arange(digits - 1, -1, -1)
    size = np.abs(values)[:, np.newaxis]
    is_there = (size >= powers) | (powers == 1)
    places = np.where(is_there, ZERO + size // powers % 10, -1)
    sign = np.where(values < 0, MINUS, -1)[:, np.newaxis]
    return np.concatenate([sign, places], axis=1)


def _chances(numbers: _Numbers, digits: int, of_end: float) -> npt.NDArray[np.float64]:
    """How probable the best guess is of the sign, each digit and what ends a number.

    The end is one of two operators (`of_end` = 0.5), or certainly `=`.
    """
    # How many digits stand before each place of the digits, and before the end.
    filler = digits - numbers.lengths
    before = np.arange(digits + 1) - filler[:, np.newaxis]
    over = 1 / np.maximum(digits - before + 1, 1)
    ends = np.maximum(over * of_end, (1 - over) / 10)
    first = np.where(numbers.value < 0, 1 / 9, 0.5)[:, np.newaxis]
    places = np.where(before > 0, ends, first)
    return np.concatenate([np.full((len(filler), 1), 0.5), places], axis=1)
