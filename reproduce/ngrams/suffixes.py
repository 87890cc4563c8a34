"""All n-grams of a text, of every length, from its sorted suffixes."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from reproduce.ngrams.streams import START, Array

MOST_SYMBOLS = np.iinfo(np.int32).max - 1
MOST_DEPTH = np.iinfo(np.uint8).max
"""What the dtypes of the arrays can count to."""


@dataclass(frozen=True, eq=False)
class Grams:
    """The different n-grams of one length, in the order of the alphabet.

    An n-gram is known by its number in this order.

    Args:
        contexts: Number of the n-gram without its last symbol, among the shorter ones.
        symbols: The last symbol.
        counts: How often the n-gram occurs.
        continuations: Behind how many different symbols it occurs, `START` being one;
            for those that begin with `START`, behind which nothing is, the counts.
    """

    contexts: Array
    symbols: Array
    counts: Array
    continuations: Array

    def __len__(self) -> int:
        return len(self.symbols)


class SortedSuffixes:
    """A text whose suffixes are in order as far as their first symbols tell.

    All n-grams of one length that are alike are then neighbours. No n-gram reaches
    from one sequence into the next. It keeps 10 bytes for each position of a text with
    less than 256 symbols.

    Args:
        text: What `joined` makes of the sequences.
        depth: Symbols by which suffixes are sorted: the longest n-gram.

    Raises:
        ValueError: If the text or the depth is out of the range of the arrays.
    """

    def __init__(self, text: Array, depth: int) -> None:
        if not 1 <= depth <= MOST_DEPTH:
            raise ValueError(
                f"Suffixes are sorted by 1 to {MOST_DEPTH} symbols. Received {depth=}."
            )
        if text.size > MOST_SYMBOLS:
            raise ValueError(
                f"A text has {MOST_SYMBOLS} positions at most. Received {text.size}."
            )
        self.text = text
        self.depth = depth
        self.room = _room(text, depth)
        self.order = _sorted(text, depth)

    @cached_property
    def rank(self) -> Array:
        """The place of each suffix in the order."""
        rank = np.empty_like(self.order)
        rank[self.order] = np.arange(rank.size, dtype=rank.dtype)
        return rank

    @cached_property
    def shared(self) -> Array:
        """How many first symbols each suffix has in common with the one before it."""
        shared = np.zeros(self.order.size, np.uint8)
        before, here = self.order[:-1], self.order[1:]
        alike = np.arange(here.size)
        for offset in range(self.depth):
            one, other = before[alike], here[alike]
            inside = np.minimum(self.room[one], self.room[other]) > offset
            one, other, alike = one[inside], other[inside], alike[inside]
            alike = alike[self.text[one + offset] == self.text[other + offset]]
            shared[alike + 1] = offset + 1
        return shared

    def firsts(self, length: int) -> Array:
        """The place in the order of the first suffix with each n-gram."""
        if length == 0:
            return np.zeros(1, np.int32)
        is_first = (self.shared < length) & (self.room[self.order] >= length)
        return np.flatnonzero(is_first).astype(np.int32)

    def grams(self, length: int) -> Grams:
        """Counts the n-grams of one length, less than the depth."""
        firsts, shorter = self.firsts(length), self.firsts(length - 1)
        number = self._numbers(firsts, length)
        symbols = self.text[self.order[firsts] + length - 1]
        counts = np.bincount(number[number >= 0], minlength=firsts.size)
        # Each n-gram of one symbol more is this one behind another symbol.
        longer = self.order[self.firsts(length + 1)] + 1
        continuations = np.bincount(number[self.rank[longer]], minlength=firsts.size)
        begins = self.text[self.order[firsts]] == START
        return Grams(
            contexts=np.searchsorted(shorter, firsts, side="right") - 1,
            symbols=symbols,
            counts=counts,
            continuations=np.where(begins, counts, continuations),
        )

    def _numbers(self, firsts: Array, length: int) -> Array:
        """The n-gram of each suffix in order; -1 for a suffix that is too short."""
        number = np.zeros(self.order.size, np.int32)
        number[firsts] = 1
        np.cumsum(number, out=number)
        number -= 1
        number[self.room[self.order] < length] = -1
        return number


def _room(text: Array, depth: int) -> Array:
    """How many symbols there are from each position to the end of its sequence."""
    ends = np.append(np.flatnonzero(text == START)[1:], text.size)
    lengths = np.diff(ends, prepend=0)
    room = np.repeat(ends, lengths) - np.arange(text.size)
    return np.minimum(room, depth).astype(np.uint8)


def _sorted(text: Array, depth: int) -> Array:
    """The suffixes in order, by doubling the number of symbols that are compared.

    As START comes before all symbols, a suffix that ends comes before those that begin
    alike and go on.
    """
    rank = text.astype(np.int64) + 1
    base = max(text.size, int(text.max()) + 1) + 1
    compared = 1
    while compared < depth:
        key = rank * base
        key[:-compared] += rank[compared:]
        order = np.argsort(key)
        rank[order] = 1 + np.append(0, np.cumsum(np.diff(key[order]) != 0))
        compared *= 2
    return np.argsort(rank, kind="stable").astype(np.int32)
