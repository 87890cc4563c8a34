"""The tokens of a tune one by one: what kinds there are, and what they say."""

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from keras_gated.datasets.tunes._body import BARS
from keras_gated.datasets.tunes._fields import SEMITONES, is_key, read_meter
from keras_gated.datasets.tunes.errors import AbcError

HEADER_TOKENS = 2
"""The meter and the key."""

_NOTE = re.compile(r"(\^{1,2}|_{1,2}|=)?(?:([A-G])(,{0,5})|([a-g])('{0,5}))", re.ASCII)
_LENGTH = re.compile(r"(?=.)([1-9][0-9]{0,3})?(?:/([1-9][0-9]{0,2}))?", re.ASCII)
_BROKEN = re.compile(r">{1,3}|<{1,3}")
_TUPLET = re.compile(r"\(([2-9])(?::([1-9]):([1-9]))?", re.ASCII)
_ENDING = re.compile(r"\[([1-9](?:,[1-9]){0,8})", re.ASCII)
_ALTERATIONS = {"^": 1, "^^": 2, "_": -1, "__": -2, "=": 0}
_MIDDLE_C = 60

_KINDS = {
    "note": _NOTE,
    "length": _LENGTH,
    "bar": re.compile("|".join(map(re.escape, BARS))),
    "rest": re.compile("z"),
    "broken": _BROKEN,
    "tie": re.compile("-"),
    "tuplet": _TUPLET,
    "bracket": re.compile(r"[\[\]{}]"),
    "ending": _ENDING,
    "field": re.compile(r"\[[KM]:[^\]]{1,20}\]"),
}


class NoteToken(NamedTuple):
    """What the token of a note says.

    Attributes:
        alteration: Semitones of its accidental; `None` where it has none.
        letter: `C` to `B`.
        octave: 4 above the middle C.
        natural: The MIDI pitch of letter and octave.
        name: The token without its accidental.
    """

    alteration: int | None
    letter: str
    octave: int
    natural: int
    name: str


def header(tokens: Sequence[str]) -> tuple[str, str]:
    """The meter and the key that tokens begin with.

    Raises:
        AbcError: If they begin otherwise.
    """
    meter = tokens[0][2:] if tokens and tokens[0][:2] == "M:" else ""
    if not is_meter(meter):
        raise AbcError("no meter", "token 0", repr("".join(tokens[:1])))
    key = tokens[1][2:] if len(tokens) > 1 and tokens[1][:2] == "K:" else ""
    if not is_key(key):
        raise AbcError("no key", "token 1", repr("".join(tokens[1:2])))
    return meter, key


@lru_cache(4096)
def token_kind(token: str) -> str | None:
    """Which kind of token it is, by the name of the method that reads it."""
    kinds = (kind for kind, known in _KINDS.items() if known.fullmatch(token))
    return next(kinds, None)


@lru_cache(4096)
def note_token(token: str) -> NoteToken:
    """Reads a token of the kind `note`."""
    match = _NOTE.fullmatch(token)
    assert match
    accidental, upper, commas, lower, apostrophes = match.groups()
    letter = upper or lower.upper()
    octave = len(apostrophes) + 1 if lower else -len(commas)
    natural = _MIDDLE_C + 12 * octave + SEMITONES[letter]
    name = token.removeprefix(accidental or "")
    return NoteToken(_ALTERATIONS.get(accidental), letter, 4 + octave, natural, name)


@lru_cache(4096)
def length_of(token: str) -> Fraction:
    """Reads a token of the kind `length`, in eighths."""
    return Fraction(token if token[0] != "/" else f"1{token}")


def is_meter(text: str) -> bool:
    """Whether `text` is a meter in the form that `read_meter` returns."""
    try:
        return read_meter(text) == text
    except ValueError:
        return False
