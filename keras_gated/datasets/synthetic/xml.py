"""Tags within tags, of which the last opened is closed first."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from keras_gated.datasets.synthetic._drawing import Piece, drawn
from keras_gated.datasets.synthetic.dataset import SyntheticDataset

LETTERS = 26
CHARACTERS = "abcdefghijklmnopqrstuvwxyz<>/"
OPEN, END, SLASH = (CHARACTERS.index(c) for c in "<>/")

SHORTEST, LONGEST = 2, 10
"""Letters of a name."""

FREE = 50
"""Rounds after which no tag is opened in a document."""

DRAWN_AT_ONCE = 1024


def xml(
    seed: int = 0,
    rows: int = 20,
    window: int = 35,
    windows: int = 1000,
    held_out: int = 100,
) -> SyntheticDataset:
    """Draws documents such as `<qab><xz></xz></qab>`, one after the other.

    In each round a document closes the tag that was opened last with the probability
    1/2, and certainly after 50 rounds; where none is open it ends instead. Otherwise it
    opens a tag with a name of 2 to 10 letters, each count as probable. There are 29
    symbols.

    To be known are the name in a closing tag and its `>`. Names of opening tags are
    drawn, so that nobody predicts all symbols: `ceiling` says how many, `xml_ceiling`
    in the long run.

    Args:
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
        >>> data = synthetic.xml(windows=2, held_out=1)
        >>> data.vocabulary.decode(data.train[0, :35])
        '<rn></rn><efwsbwbvad></efwsbwbvad><'

    Reference:
        Jozefowicz et al. 2015, "An empirical exploration of recurrent network
        architectures", section 3.5.
    """

    def draw(rng: np.random.Generator, symbols: int, is_train: bool) -> Piece:
        return _documents(rng, symbols)

    return drawn(
        "xml",
        draw,
        CHARACTERS,
        seed=seed,
        rows=rows,
        window=window,
        windows=windows,
        held_out=held_out,
    )


def xml_ceiling() -> Fraction:
    """The accuracy of a perfect stack on `xml` in the long run, over all symbols.

    Whoever knows the rules and which tags are open predicts `<` behind `>`, `/` behind
    `<` wherever a tag is open, any letter where one must be, `>` from the second letter
    of an opening tag on, and all of a closing tag. It is the share of these guesses
    that are right: the number expected in a document over that of its symbols.

    Examples:
        >>> from keras_gated.datasets import synthetic
        >>> round(float(synthetic.xml_ceiling()), 4)
        0.6497
    """
    half = Fraction(1, 2)
    # How probable each number of open tags is before a round, unless it is over.
    depths = {0: Fraction(1)}
    opened = closed = opened_within = Fraction(0)
    for _ in range(FREE):
        after: dict[int, Fraction] = {}
        for depth, chance in depths.items():
            opened += chance * half
            after[depth + 1] = after.get(depth + 1, Fraction(0)) + chance * half
            if depth:
                opened_within += chance * half
                closed += chance * half
                after[depth - 1] = after.get(depth - 1, Fraction(0)) + chance * half
        depths = after
    closed += sum(depth * chance for depth, chance in depths.items())
    length = Fraction(SHORTEST + LONGEST, 2)
    any_letter = Fraction(1, LETTERS)
    # Of an opening tag `<`, each letter that must be but the first, and `>`; the first
    # one where no tag is open, as `/` is guessed elsewhere. Of a closing tag all.
    right = (
        opened * (2 + (SHORTEST - 1) * any_letter)
        + (opened - opened_within) * any_letter
        + closed * (3 + length)
    )
    return right / (opened * (2 + length) + closed * (3 + length))


CERTAIN, KNOWN, CLOSES, ANY_LETTER, ENDS = range(5)
"""What is known of a symbol before it is read: it is certain, it is to be known, `/` is
as probable as a letter, it is any letter, or from here on how probable `>` is."""

CHANCES = np.array(
    [1, 1, 0.5, 1 / LETTERS, *(1 / n for n in range(LONGEST - SHORTEST + 1, 0, -1))],
    np.float32,
)


def _documents(rng: np.random.Generator, symbols: int) -> Piece:
    """Whole rounds of documents of at least so many symbols."""
    stream, kinds = bytearray(), bytearray()
    open_names: list[bytes] = []
    rounds = 0
    closes = _coins(rng)
    names = _names(rng)
    while len(stream) < symbols:
        if rounds >= FREE or next(closes):
            if open_names:
                name = open_names.pop()
                stream += bytes((OPEN, SLASH)) + name + bytes((END,))
                slash = CERTAIN if rounds >= FREE else CLOSES
                kinds += bytes((CERTAIN, slash)) + bytes((KNOWN,)) * (len(name) + 1)
                rounds += 1
            else:
                rounds = 0
            continue
        name = next(names)
        stream += bytes((OPEN,)) + name + bytes((END,))
        kinds += bytes((CERTAIN, CLOSES if open_names else ANY_LETTER))
        kinds += bytes((ANY_LETTER,)) * (SHORTEST - 1)
        kinds += bytes(range(ENDS, ENDS + len(name) - SHORTEST + 1))
        open_names.append(name)
        rounds += 1
    codes = np.frombuffer(kinds, np.uint8)
    return Piece(
        np.frombuffer(stream, np.uint8).astype(np.int32),
        codes == KNOWN,
        CHANCES[codes],
    )


def _coins(rng: np.random.Generator) -> Iterator[bool]:
    while True:
        yield from (rng.random(DRAWN_AT_ONCE) < 0.5).tolist()


def _names(rng: np.random.Generator) -> Iterator[bytes]:
    while True:
        lengths = rng.integers(SHORTEST, LONGEST + 1, DRAWN_AT_ONCE).tolist()
        letters = rng.integers(0, LETTERS, sum(lengths)).astype(np.uint8).tobytes()
        place = 0
        for length in lengths:
            yield letters[place : place + length]
            place += length
