"""`Vocabulary`, symbols as numbers."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from keras_gated.datasets.tunes.tune import Tune

START, END = "<s>", "</s>"


class Vocabulary:
    """Symbols of tunes, tokens or characters, and the numbers that stand for them.

    0 is `<s>`, with which a tune begins, and 1 is `</s>`, with which it ends; the
    others follow, the most frequent first.

    Args:
        symbols: The symbols in the order of their numbers, without the first two.

    Raises:
        ValueError: If a symbol comes twice, or there are none.

    Examples:
        >>> from keras_gated.datasets import tunes
        >>> tune = tunes.Tune("M:3/4 K:Gmaj G 2 B d G 2 |]".split())
        >>> tokens = tunes.Vocabulary.of_tokens([tune])
        >>> tokens.encode(tune.tokens)
        array([0, 6, 5, 3, 2, 4, 7, 3, 2, 8, 1])
        >>> tokens.decode([0, 2, 3, 1])
        ['2', 'G']
        >>> characters = tunes.Vocabulary.of_characters([tune])
        >>> "".join(characters.decode(characters.encode("K:G")))
        'K:G'
    """

    def __init__(self, symbols: Iterable[str]) -> None:
        self.symbols: tuple[str, ...] = (START, END, *symbols)
        self._numbers = {symbol: n for n, symbol in enumerate(self.symbols)}
        if len(self._numbers) != len(self.symbols) or len(self.symbols) < 3:
            raise ValueError(
                "a vocabulary needs different symbols besides <s> and </s>, at least "
                f"one. Received {len(self.symbols) - 2}, of them "
                f"{len(self._numbers) - 2} different ones"
            )

    @classmethod
    def of_tokens(cls, tunes: Iterable[Tune]) -> "Vocabulary":
        """Makes the vocabulary of the tokens of tunes.

        Args:
            tunes: The tunes.
        """
        return cls(_by_frequency(token for tune in tunes for token in tune.tokens))

    @classmethod
    def of_characters(cls, tunes: Iterable[Tune]) -> "Vocabulary":
        """Makes the vocabulary of the characters of tunes as text.

        Args:
            tunes: The tunes; of each the text is what `text` makes of its tokens.
        """
        return cls(_by_frequency(sign for tune in tunes for sign in text(tune.tokens)))

    def __len__(self) -> int:
        return len(self.symbols)

    def __contains__(self, symbol: object) -> bool:
        return symbol in self._numbers

    def encode(self, symbols: Iterable[str]) -> npt.NDArray[np.int64]:
        """Returns the numbers of symbols, from `<s>` to `</s>`.

        Args:
            symbols: Tokens, or a string of characters.

        Raises:
            ValueError: For a symbol that is none of the vocabulary.
        """
        numbers = [self._numbers[START]]
        for place, symbol in enumerate(symbols):
            if symbol not in self._numbers:
                raise ValueError(
                    f"{symbol!r}, symbol {place}, is none of the vocabulary of "
                    f"{len(self)} symbols"
                )
            numbers.append(self._numbers[symbol])
        return np.array([*numbers, self._numbers[END]], np.int64)

    def decode(self, numbers: Iterable[int]) -> list[str]:
        """Returns the symbols of numbers up to `</s>`, without `<s>`.

        Args:
            numbers: Integers from 0 to `len(vocabulary) - 1`.

        Raises:
            ValueError: For a number out of range.
        """
        found = []
        for place, number in enumerate(numbers):
            if not 0 <= number < len(self):
                raise ValueError(
                    f"{number} at the index {place} is no number of a vocabulary of "
                    f"{len(self)} symbols"
                )
            if self.symbols[number] == END:
                break
            if self.symbols[number] != START:
                found.append(self.symbols[number])
        return found


def text(tokens: Sequence[str]) -> str:
    """Returns tokens as one line of characters, with spaces between them.

    Args:
        tokens: The tokens of a tune. `text(tokens).split()` has them again.

    Examples:
        >>> from keras_gated.datasets import tunes
        >>> tunes.text(("M:3/4", "K:Gmaj", "G", "2"))
        'M:3/4 K:Gmaj G 2'
    """
    return " ".join(tokens)


def _by_frequency(symbols: Iterator[str]) -> list[str]:
    counts = Counter(symbols)
    return sorted(counts, key=lambda symbol: (-counts[symbol], symbol))
