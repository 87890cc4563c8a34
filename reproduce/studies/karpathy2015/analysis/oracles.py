"""Oracles: for each character, what it would take to predict it.

An oracle has settings, from the weakest on. It says of each character which setting is
the first that serves, or that none does.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from reproduce.studies.karpathy2015.analysis.streams import Array

NEVER = -1

RIGHT = 0.5
"""A character is right if its probability is at least this, so that no other one has a
greater one."""

MEMORIES = (100, 500, 1000, 5000)
RARE = (0, 1, 2, 3, 4, 5)
BOOSTS = (0.1, 0.2, 0.3, 0.4, 0.5)
NEW_WORD = {"space": b" ", "quote": b'"', "newline": b"\n"}
PUNCTUATION = b"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

_WORD = re.compile(rb"[A-Za-z0-9_]+")


@dataclass(frozen=True, eq=False)
class Oracle:
    """What one oracle knows of each character.

    Args:
        name: What it is called.
        settings: What its settings are called, the weakest first.
        first: The first setting that serves, `(streams, steps)`, or `NEVER`.
    """

    name: str
    settings: tuple[str, ...]
    first: Array


def words(text: bytes) -> list[bytes]:
    """The words of a text: letters, digits and underscores in a row."""
    return _WORD.findall(text)


def ngram_oracle(probabilities: Array) -> Oracle:
    """Whoever has seen the last few characters often.

    Args:
        probabilities: Of the right character by models that see 1, 2, ... characters,
            `(models, streams, steps)`.
    """
    right = probabilities > RIGHT
    first = np.where(right.any(axis=0), right.argmax(axis=0), NEVER)
    return Oracle("n-gram", tuple(map(str, range(1, len(right) + 1))), first)


def memory_oracle(streams: Array, sizes: Sequence[int] = MEMORIES) -> Oracle:
    """Whoever remembers that the word was there shortly before.

    It serves from the second character of a word on. The memory begins with the
    stream.
    """
    first = _nowhere(streams)
    for row, begin, end, text in _places(streams):
        last = text.rfind(text[begin:end], max(0, begin - max(sizes)), begin)
        if last != NEVER:
            setting = int(np.searchsorted(sizes, begin - last))
            first[row, begin : end - 1] = setting
    return Oracle("memory", tuple(map(str, sizes)), first)


def rare_word_oracle(
    streams: Array, counts: Mapping[bytes, int], most: Sequence[int] = RARE
) -> Oracle:
    """Whoever knows the words that training has seldom or never.

    Args:
        streams: The text.
        counts: How often training has each word.
        most: How often a word of each setting may be there.
    """
    first = _nowhere(streams)
    for row, begin, end, text in _places(streams):
        setting = int(np.searchsorted(most, counts.get(text[begin:end], 0)))
        if setting < len(most):
            first[row, max(begin - 1, 0) : end - 1] = setting
    return Oracle("rare word", tuple(map(str, most)), first)


def new_word_oracle(streams: Array) -> Oracle:
    """Whoever knows the first character after a space, a quote or a new line."""
    first = _nowhere(streams)
    for setting, character in enumerate(NEW_WORD.values()):
        first[streams[:, :-1] == ord(character)] = setting
    return Oracle("new word", tuple(NEW_WORD), first)


def punctuation_oracle(streams: Array) -> Oracle:
    """Whoever knows where punctuation stands, and which."""
    marks = np.isin(streams[:, 1:], np.frombuffer(PUNCTUATION, np.uint8))
    return Oracle("punctuation", ("any",), np.where(marks, 0, NEVER))


def boost_oracle(probabilities: Array, boosts: Sequence[float] = BOOSTS) -> Oracle:
    """Whoever gives the right character some more probability."""
    enough = np.stack([probabilities + boost >= RIGHT for boost in boosts])
    first = np.where(enough.any(axis=0), enough.argmax(axis=0), NEVER)
    return Oracle("boost", tuple(f"{boost:g}" for boost in boosts), first)


def all_oracles(
    streams: Array, probabilities: Array, ngrams: Array, counts: Mapping[bytes, int]
) -> list[Oracle]:
    """The paper's oracles in the paper's order, which decides whose an error is.

    Args:
        streams: The text.
        probabilities: Of the right characters by the model.
        ngrams: By models that see 1, 2, ... characters.
        counts: How often training has each word.
    """
    return [
        ngram_oracle(ngrams),
        memory_oracle(streams),
        rare_word_oracle(streams, counts),
        new_word_oracle(streams),
        punctuation_oracle(streams),
        boost_oracle(probabilities),
    ]


def count_words(streams: Array) -> Counter[bytes]:
    """How often each word is in streams."""
    return Counter(word for row in streams for word in words(row.tobytes()))


def _nowhere(streams: Array) -> Array:
    return np.full((streams.shape[0], streams.shape[1] - 1), NEVER)


def _places(streams: Array) -> Iterator[tuple[int, int, int, bytes]]:
    """Row, begin and end of each word, and the row. Predictions lie one further on."""
    for row, characters in enumerate(streams):
        text = characters.tobytes()
        for word in _WORD.finditer(text):
            yield row, word.start(), word.end(), text
