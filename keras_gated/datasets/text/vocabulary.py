"""Symbols and their numbers."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

Kind: TypeAlias = Literal["bytes", "characters", "tokens"]
Text: TypeAlias = bytes | str | Sequence[str]
Numbers: TypeAlias = npt.NDArray[np.int32]

KINDS = ("bytes", "characters", "tokens")

MAX_SYMBOLS = 1 << 16
"""Most symbols of a vocabulary."""


class Vocabulary:
    """A finite set of symbols, numbered from 0.

    A text is `bytes`, a `str` of characters, or a list of tokens, and so is what
    `decode` makes of numbers. A symbol that is not in the vocabulary is an error: no
    number stands for the unknown.

    Args:
        symbols: The symbols in the order of their numbers: integers from 0 to 255 for
            bytes, strings of one character, or strings.
        kind: `"bytes"`, `"characters"` or `"tokens"`.

    Raises:
        ValueError: If there are fewer than 2 symbols or more than 65,536, one comes
            twice or is none of its kind, or the kind is unknown.

    Examples:
        >>> from keras_gated.datasets.text import Vocabulary
        >>> vocabulary = Vocabulary.of("banana")
        >>> vocabulary.symbols, vocabulary.encode("nab").tolist()
        (('a', 'b', 'n'), [2, 0, 1])
        >>> vocabulary.decode([1, 0, 2])
        'ban'
        >>> Vocabulary.from_config(vocabulary.get_config()) == vocabulary
        True
    """

    def __init__(self, symbols: Iterable[int | str], kind: Kind = "characters") -> None:
        self.kind = _known(kind)
        self.symbols = tuple(symbols)
        _check(self.symbols, kind)
        self._numbers = {symbol: n for n, symbol in enumerate(self.symbols)}
        self._codes = _code_table(self.symbols, kind)

    @classmethod
    def of(cls, text: Text) -> "Vocabulary":
        """The sorted symbols of a text.

        Args:
            text: `bytes`, a `str` or a list of tokens, which says the kind.

        Raises:
            ValueError: If the text has fewer than 2 symbols, or more than 65,536, or
                one that is no `str`.
        """
        symbols: list[Any] = [*dict.fromkeys(text)]
        kind = _kind_of(text)
        _check(symbols, kind)
        return cls(sorted(symbols), kind)

    def __len__(self) -> int:
        return len(self.symbols)

    def __contains__(self, symbol: Any) -> bool:
        return symbol in self._numbers

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocabulary) and self.get_config() == other.get_config()

    def __hash__(self) -> int:
        return hash((self.kind, self.symbols))

    def __repr__(self) -> str:
        return f"Vocabulary({len(self)} {self.kind})"

    def encode(self, text: Text) -> Numbers:
        """Returns the number of each symbol of a text.

        Args:
            text: `bytes`, a `str` or a list of tokens, as the vocabulary has. A
                vocabulary of bytes takes a `str` as its UTF-8.

        Returns:
            `(symbols,)` in int32.

        Raises:
            ValueError: If a symbol is not in the vocabulary; says which, and where.
        """
        if self.kind == "bytes" and isinstance(text, str):
            text = text.encode()
        if _kind_of(text) != self.kind:
            raise ValueError(
                f"A vocabulary of {self.kind} encodes {_TEXTS[self.kind]}. Received "
                f"{type(text).__name__}."
            )
        if self._codes is None:
            numbers = np.array([self._numbers.get(token, -1) for token in text], int)
        else:
            codes = _codes(text)
            known = codes < len(self._codes)
            numbers = np.where(known, self._codes[np.where(known, codes, 0)], -1)
        unknown = np.flatnonzero(numbers < 0)
        if unknown.size:
            raise ValueError(self._refusal(text, int(unknown[0]), unknown.size))
        return numbers.astype(np.int32)

    def decode(self, numbers: npt.ArrayLike) -> Any:
        """Returns the text of numbers: `bytes`, a `str`, or a list of tokens.

        Args:
            numbers: Integers `(symbols,)`.

        Raises:
            ValueError: If one is not the number of a symbol; says which, and where.
        """
        given = np.asarray(numbers)
        if given.size == 0:
            given = given.astype(int)
        if given.ndim != 1 or not np.issubdtype(given.dtype, np.integer):
            raise ValueError(
                "decode needs integers of shape (symbols,). Received an array of shape "
                f"{given.shape} and dtype {given.dtype}."
            )
        wrong = np.flatnonzero((given < 0) | (given >= len(self)))
        if wrong.size:
            raise ValueError(
                f"{given[wrong[0]]}, at index {wrong[0]}, is no number of a symbol: "
                f"the vocabulary has 0 to {len(self) - 1}."
            )
        symbols = [self.symbols[number] for number in given.tolist()]
        if self.kind == "bytes":
            return bytes(symbols)
        return "".join(map(str, symbols)) if self.kind == "characters" else symbols

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the vocabulary of, for a JSON file."""
        return {"kind": self.kind, "symbols": list(self.symbols)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Vocabulary":
        """The vocabulary that `get_config` described.

        Raises:
            ValueError: If `config` is something else.
        """
        if not isinstance(config, dict) or not {"kind", "symbols"} <= {*config}:
            raise ValueError(
                f'The config of a vocabulary has "kind" and "symbols". Received '
                f"{str(config)[:100]}."
            )
        if not isinstance(config["symbols"], (list, tuple)):
            raise ValueError(
                'The "symbols" of a vocabulary are a list. Received '
                f"{type(config['symbols']).__name__}."
            )
        return cls(config["symbols"], config["kind"])

    def _refusal(self, text: Text, place: int, count: int) -> str:
        others = f" {count - 1} more are not." if count > 1 else ""
        return (
            f"{_shown(text[place])}, {_where(text, place)}, is not in the vocabulary "
            f"of {len(self)} {self.kind}.{others}"
        )


_TEXTS = {"bytes": "bytes, or a str", "characters": "a str", "tokens": "a list of str"}


def _known(kind: Kind) -> Kind:
    if kind not in KINDS:
        raise ValueError(f"Unknown kind {kind!r} of symbols. Known: {', '.join(KINDS)}")
    return kind


def _kind_of(text: Text) -> Kind:
    if isinstance(text, bytes):
        return "bytes"
    return "characters" if isinstance(text, str) else "tokens"


def _check(symbols: Sequence[Any], kind: Kind) -> None:
    if not 2 <= len(symbols) <= MAX_SYMBOLS:
        only = f": {_shown(symbols[0])}" if len(symbols) == 1 else ""
        raise ValueError(
            f"A vocabulary has from 2 to {MAX_SYMBOLS} symbols. Received "
            f"{len(symbols)}{only}."
        )
    seen = set()
    for number, symbol in enumerate(symbols):
        if not _is_of_kind(symbol, kind):
            raise ValueError(
                f"Symbol {number} is {_shown(symbol)}, which is none of {kind}."
            )
        if symbol in seen:
            raise ValueError(f"{_shown(symbol)} is twice among the symbols.")
        seen.add(symbol)


def _is_of_kind(symbol: Any, kind: Kind) -> bool:
    if kind == "bytes":
        return type(symbol) is int and 0 <= symbol < 256
    return isinstance(symbol, str) and (len(symbol) == 1 or kind == "tokens")


def _code_table(symbols: Sequence[Any], kind: Kind) -> Numbers | None:
    """The number of each byte or code point, -1 where there is none."""
    if kind == "tokens":
        return None
    codes = [symbol if kind == "bytes" else ord(symbol) for symbol in symbols]
    table = np.full(max(codes) + 1, -1, np.int32)
    table[codes] = np.arange(len(codes))
    return table


def _codes(text: Any) -> npt.NDArray[Any]:
    if isinstance(text, bytes):
        return np.frombuffer(text, np.uint8)
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def _where(text: Any, place: int) -> str:
    if not isinstance(text, (bytes, str)):
        return f"token {place}"
    before = text[:place]
    if isinstance(before, bytes):
        before = before.decode("latin-1")
    column = place - (before.rfind("\n") + 1)
    return f"line {before.count(chr(10)) + 1}, column {column + 1}"


def _shown(symbol: Any) -> str:
    return f"byte {symbol}" if isinstance(symbol, int) else repr(symbol)[:100]
