"""The probabilities of the n-grams of one length, as far as they do not back off."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from reproduce.ngrams.discounts import discounts
from reproduce.ngrams.streams import START, Array
from reproduce.ngrams.suffixes import Grams

NONE = -1
"""The number of an n-gram that the text does not have: the last entry of arrays."""


@dataclass(frozen=True, eq=False)
class Shares:
    """What the n-grams of one length give a symbol, and leave to shorter ones.

    The probability of a symbol is `given` of the n-gram that it ends, and `left` of
    the context times its probability by the shorter n-grams.

    Args:
        given: For each n-gram, and 0 for `NONE`.
        left: For each context, and 1 for `NONE` and those that nothing follows.
    """

    given: Array
    left: Array

    @classmethod
    def of(cls, counts: Array, contexts: Array, size: int) -> Self:
        """Takes the discounts from counts.

        Args:
            counts: Of each n-gram.
            contexts: The context of each n-gram.
            size: Number of contexts.
        """
        taken = discounts(counts)[np.minimum(counts, 3)]
        total = np.bincount(contexts, counts, minlength=size)
        rest = np.bincount(contexts, taken, minlength=size)
        left = np.divide(rest, total, out=np.ones(size), where=total > 0)
        given = (counts - taken) / np.maximum(total, 1)[contexts]
        return cls(np.append(given, 0.0), np.append(left, 1.0))


@dataclass(frozen=True, eq=False)
class Level:
    """The n-grams of one length, as the longest of a model and as shorter ones.

    Args:
        keys: Context and last symbol of each as one number, ascending.
        base: What the context is multiplied by in it.
        highest: Shares by the counts.
        lower: Shares by the continuations.
    """

    keys: Array
    base: int
    highest: Shares
    lower: Shares

    @classmethod
    def of(cls, grams: Grams, contexts: int, symbols: int) -> Self:
        """The level of n-grams that have been counted.

        Args:
            grams: The n-grams.
            contexts: How many of one symbol less there are.
            symbols: Number of symbols of the vocabulary.
        """
        base = symbols + 1
        keys = grams.contexts.astype(np.int64) * base + grams.symbols
        # Of single symbols START is one, and is never predicted.
        counted = grams.symbols != START
        highest, lower = (
            Shares.of(np.where(counted, counts, 0), grams.contexts, contexts)
            for counts in (grams.counts, grams.continuations)
        )
        return cls(keys, base, highest, lower)

    def shares(self, is_highest: bool) -> Shares:
        """The shares for the longest n-grams of a model, or for shorter ones."""
        return self.highest if is_highest else self.lower

    def find(self, contexts: Array, symbols: Array) -> Array:
        """The numbers of n-grams; `NONE` for those that the text does not have."""
        wanted = contexts.astype(np.int64) * self.base + symbols
        places = np.searchsorted(self.keys, wanted)
        places[places == self.keys.size] = 0
        return np.where(self.keys[places] == wanted, places, NONE)

    def followers(self, contexts: Array) -> tuple[Array, Array, Array]:
        """All n-grams with these contexts.

        Returns:
            For each n-gram the place of its context in `contexts`, its last symbol and
            its number.
        """
        first = np.searchsorted(self.keys, contexts.astype(np.int64) * self.base)
        last = np.searchsorted(self.keys, (contexts.astype(np.int64) + 1) * self.base)
        sizes = last - first
        rows = np.repeat(np.arange(sizes.size), sizes)
        steps = np.arange(rows.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        numbers = first[rows] + steps
        return rows, self.keys[numbers] % self.base, numbers
