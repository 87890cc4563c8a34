"""Modified Kneser-Ney, interpolated, with every order up to the highest at once."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from reproduce.ngrams.levels import NONE, Level
from reproduce.ngrams.streams import START, Array, joined
from reproduce.ngrams.suffixes import SortedSuffixes


class KneserNey:
    r"""A model of the next symbol by the symbols just before it.

    $$P_n(w \mid c) = \frac{a(cw) - D(a(cw))}{\sum_v a(cv)}
      + \frac{\sum_v D(a(cv))}{\sum_v a(cv)} P_{n - 1}(w \mid c')$$

    with $c'$ the context $c$ without its first symbol, and a uniform distribution at
    the end. For the longest n-grams of a model $a$ is the number of times that they
    occur, for the shorter ones the number of symbols behind which they do. The
    discounts $D$ are those of `discounts`.

    The models of all orders share their shorter n-grams, so that one sorting of the
    text serves all. n-grams are counted length by length, and forgotten again: memory
    does not grow with the order, but is some 200 bytes a symbol for long n-grams. The
    probabilities of a context add up to 1. A sequence begins behind a mark that is part
    of contexts but is never predicted; whoever wants the end of sequences to be
    predicted gives it a symbol of its own.

    Args:
        sequences: The training text: a row of integers each.
        symbols: Number of symbols in the vocabulary, 0 to `symbols - 1`.
        order: Symbols of the longest n-gram, the last of which is predicted.

    Raises:
        ValueError: If a sequence or a number makes no sense.

    Examples:
        >>> import numpy as np
        >>> from reproduce.ngrams import KneserNey
        >>> model = KneserNey([[0, 1, 0, 1, 0, 2]], symbols=3, order=2)
        >>> nats = -model.log_probabilities([[0, 1, 0]])
        >>> nats.shape
        (2, 3)
        >>> model.distributions([[0, 1, 0]], order=2).sum(axis=1).round(12).tolist()
        [1.0, 1.0, 1.0]

    Reference:
        Chen and Goodman 1998, "An empirical study of smoothing techniques for language
        modeling", section 4.1.2; Heafield et al. 2013, "Scalable modified Kneser-Ney
        language model estimation".
    """

    def __init__(self, sequences: Sequence[Any], symbols: int, order: int) -> None:
        if order < 1:
            raise ValueError(f"An n-gram has one symbol at least. Received {order=}.")
        self.symbols = symbols
        self.order = order
        self._suffixes = SortedSuffixes(joined(sequences, symbols), order + 1)

    def levels(self, order: int | None = None) -> Iterator[Level]:
        """The n-grams of 1, 2, ... `order` symbols, each counted when it is asked for.

        Raises:
            ValueError: If the model has not that order.
        """
        contexts = 1
        for length in range(1, self._order(order) + 1):
            grams = self._suffixes.grams(length)
            yield Level.of(grams, contexts, self.symbols)
            contexts = len(grams)

    def log_probabilities(self, sequences: Sequence[Any]) -> Array:
        """The logarithm of the probability of each symbol, by the model of each order.

        Args:
            sequences: Rows of integers.

        Returns:
            Nats, `(order, symbols of all sequences)`; row `n - 1` is of n-grams.

        Raises:
            ValueError: If a sequence has a symbol outside of the vocabulary.
        """
        text = joined(sequences, self.symbols)
        lower = np.full(text.size, 1 / self.symbols)
        found = np.empty((self.order, np.count_nonzero(text != START)))
        for row, level, contexts, numbers in self._walk(text, self.order):
            probability = (
                shares.given[numbers] + shares.left[contexts] * lower
                for shares in (level.highest, level.lower)
            )
            found[row] = np.log(next(probability)[text != START])
            lower = next(probability)
        return found

    def distributions(
        self, sequences: Sequence[Any], order: int, places: Any = None
    ) -> Array:
        """The probabilities of all symbols where one of the text stands.

        Args:
            sequences: Rows of integers, whose symbols are the contexts.
            order: Order of the model, that of this one at most.
            places: Which symbols, counted through all sequences; all by default.

        Returns:
            Probabilities, `(places, symbols)`.

        Raises:
            ValueError: If the sequences, the order or the places make no sense.
        """
        text = joined(sequences, self.symbols)
        self._order(order)
        at = np.flatnonzero(text != START)
        if places is not None:
            at = at[_checked(places, at.size)]
        found = np.full((at.size, self.symbols + 1), 1 / self.symbols)
        for row, level, contexts, _ in self._walk(text, order):
            interpolate(found, level, contexts[at], row == order - 1)
        return found[:, 1:]

    def _walk(
        self, text: Array, order: int
    ) -> Iterator[tuple[int, Level, Array, Array]]:
        """At every position, length after length, its context and its n-gram."""
        # The n-gram that ends at a position is the longer context of the next one. No
        # n-gram has START behind its first symbol: none reaches into a sequence.
        ending = np.zeros(text.size, np.int64)
        for row, level in enumerate(self.levels(order)):
            contexts = np.append(NONE if row else 0, ending[:-1])
            ending = level.find(contexts, text)
            yield row, level, contexts, ending

    def _order(self, order: int | None) -> int:
        if order is None:
            return self.order
        if not 1 <= order <= self.order:
            raise ValueError(
                f"The model has n-grams of 1 to {self.order} symbols. Received "
                f"{order=}."
            )
        return order


def interpolate(found: Array, level: Level, contexts: Array, is_highest: bool) -> None:
    """Goes from the distributions of shorter n-grams to those of a level, in place.

    Args:
        found: Probabilities `(contexts, symbols + 1)`; column 0 is `START` and of no
            meaning.
        level: The longer n-grams.
        contexts: Their contexts.
        is_highest: Whether they are the longest of the model.
    """
    shares = level.shares(is_highest)
    found *= shares.left[contexts][:, np.newaxis]
    rows, symbols, numbers = level.followers(contexts)
    found[rows, symbols] += shares.given[numbers]


def _checked(places: Any, size: int) -> Array:
    values = np.asarray(places)
    if values.ndim != 1 or values.dtype.kind not in "iu":
        raise ValueError(
            "places must be a row of integers. Received shape "
            f"{values.shape}, dtype {values.dtype}."
        )
    if values.size and not 0 <= values.min() <= values.max() < size:
        raise ValueError(
            f"places must lie between 0 and {size - 1}. Received {values.min()} to "
            f"{values.max()}."
        )
    return values
