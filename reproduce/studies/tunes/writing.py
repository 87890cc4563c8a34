"""Tunes that a model writes."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from keras_gated.datasets import tunes
from keras_gated.datasets.text import Vocabulary
from keras_gated.datasets.tunes import Tune
from keras_gated.generation import generate_symbols
from reproduce.task import Array

TOGETHER = 50
"""Tunes that are drawn side by side."""

Header = tuple[str, str]
"""Meter and key, such as `("6/8", "Dmaj")`."""


class Written(NamedTuple):
    """A tune that was drawn.

    Attributes:
        tune: Its tokens, which may be no tune.
        ended: Whether it came to its end by itself.
    """

    tune: Tune
    ended: bool


def write_tunes(
    model: Any,
    vocabulary: Vocabulary,
    headers: Sequence[Header],
    longest: int,
    temperature: float = 1.0,
    top_p: float = 1.0,
    seed: int = 0,
) -> list[Written]:
    """Lets a model write a tune for each header.

    Args:
        model: A model of symbols.
        vocabulary: Its symbols: tokens, or characters.
        headers: Meters and keys that the tunes begin with.
        longest: Symbols of a tune at most.
        temperature: Of the draw.
        top_p: Likewise, as for `generate_symbols`.
        seed: Likewise.

    Raises:
        ValueError: If the vocabulary lacks a meter or a key.
    """
    prompts = [encode_header(vocabulary, header) for header in headers]
    alike = defaultdict(list)
    for number, prompt in enumerate(prompts):
        alike[len(prompt)].append(number)
    pieces = [
        numbers[first : first + TOGETHER]
        for numbers in alike.values()
        for first in range(0, len(numbers), TOGETHER)
    ]
    written: dict[int, Written] = {}
    for place, numbers in enumerate(pieces):
        drawn = generate_symbols(
            model,
            np.stack([prompts[number] for number in numbers]),
            max(longest, 1),
            temperature,
            top_p,
            seed=int(np.random.SeedSequence([seed, place]).generate_state(1)[0]),
        )
        rows = _until_all_end(drawn, end_of(vocabulary))
        for number, row in zip(numbers, rows, strict=True):
            written[number] = read_tune(vocabulary, [*prompts[number], *row])
    return [written[number] for number in range(len(headers))]


def encode_header(vocabulary: Vocabulary, header: Header) -> Array:
    """The symbols with which a tune of a meter and a key begins.

    Raises:
        ValueError: If the vocabulary lacks one of them; says which it has.
    """
    meter, key = header
    known = headers_of(vocabulary)
    if known:
        for name, value, values in zip(("meter", "key"), header, known, strict=True):
            if value not in values:
                raise ValueError(
                    f"The model has seen no tune in the {name} {value!r}. It knows: "
                    f"{', '.join(values)}."
                )
    tune = Tune((f"M:{meter}", f"K:{key}"))
    if vocabulary.kind == "tokens":
        return vocabulary.encode(tunes.symbols(tune)[:-1])
    return vocabulary.encode(str(tunes.symbols(tune, "characters"))[:-1] + " ")


def headers_of(vocabulary: Vocabulary) -> tuple[list[str], list[str]] | None:
    """The meters and keys of a vocabulary of tokens; characters do not tell."""
    if vocabulary.kind != "tokens":
        return None
    names = [str(symbol) for symbol in vocabulary.symbols]
    meters, keys = (
        [name[2:] for name in names if name.startswith(field)] for field in ("M:", "K:")
    )
    return meters, keys


def end_of(vocabulary: Vocabulary) -> int:
    """The symbol with which tunes end."""
    is_tokens = vocabulary.kind == "tokens"
    last: Any = tunes.symbols(Tune(()), "tokens" if is_tokens else "characters")[-1:]
    return int(vocabulary.encode(last)[0])


def read_tune(vocabulary: Vocabulary, numbers: Sequence[int] | Array) -> Written:
    """The tune that numbers stand for, up to its end."""
    symbols = vocabulary.decode(np.asarray(numbers))
    ended = int(numbers[-1]) == end_of(vocabulary)
    return Written(Tune(tunes.first_tokens(symbols)), ended)


def _until_all_end(drawn: Iterator[Array], end: int) -> list[Array]:
    """What each of the sequences draws, its end included."""
    steps = []
    going: Any = True
    for symbols in drawn:
        steps.append(symbols)
        going = going & (symbols != end)
        if not going.any():
            break
    rows = np.stack(steps, axis=1)
    return [row[: _length(row == end)] for row in rows]


def _length(is_end: Array) -> int:
    return int(is_end.argmax()) + 1 if is_end.any() else len(is_end)
