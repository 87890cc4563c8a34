"""Tunes as the symbols that a model reads and writes."""

from collections.abc import Sequence
from itertools import dropwhile, takewhile
from typing import Literal

from keras_gated.datasets.tunes.tune import Tune

START, END = "<s>", "</s>"
"""The tokens before and behind a tune."""

BOUNDARY = "\n"
"""The character before and behind a tune."""


def symbols(
    tune: Tune, kind: Literal["tokens", "characters"] = "tokens"
) -> list[str] | str:
    r"""Returns a tune as symbols, with one before it and one behind it.

    `text.Vocabulary.of` numbers them.

    Args:
        tune: The tune.
        kind: `"tokens"` for a list from `<s>` to `</s>`; `"characters"` for a line with
            spaces between the tokens, with `\n` on both sides.

    Raises:
        ValueError: If the kind is unknown.

    Examples:
        >>> from keras_gated.datasets import tunes
        >>> tune = tunes.Tune(("M:3/4", "K:Gmaj", "G", "2", "|]"))
        >>> tunes.symbols(tune)
        ['<s>', 'M:3/4', 'K:Gmaj', 'G', '2', '|]', '</s>']
        >>> tunes.symbols(tune, "characters")
        '\nM:3/4 K:Gmaj G 2 |]\n'
    """
    match kind:
        case "tokens":
            return [START, *tune.tokens, END]
        case "characters":
            return BOUNDARY + " ".join(tune.tokens) + BOUNDARY
    raise ValueError(f"The kind is 'tokens' or 'characters'. Received {kind!r}.")


def first_tokens(symbols: Sequence[str]) -> tuple[str, ...]:
    r"""Returns the tokens of the first tune among symbols, such as a model writes.

    Args:
        symbols: A list of tokens or a text; what is behind the first `</s>` or line is
            left out. A tune that does not end ends with the symbols.

    Examples:
        >>> from keras_gated.datasets import tunes
        >>> tunes.first_tokens("\nM:3/4 K:Gmaj G 2 |]\nM:4")
        ('M:3/4', 'K:Gmaj', 'G', '2', '|]')
        >>> tunes.first_tokens(["<s>", "M:3/4", "</s>", "<s>"])
        ('M:3/4',)
    """
    if isinstance(symbols, str):
        return tuple(symbols.lstrip(BOUNDARY).partition(BOUNDARY)[0].split())
    within = dropwhile(lambda symbol: symbol == START, symbols)
    return tuple(takewhile(lambda symbol: symbol not in (START, END), within))
