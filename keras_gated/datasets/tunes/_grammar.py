"""Tokens of a tune as what they mean: sounds, bar lines, endings and meters."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

from keras_gated.datasets.tunes._body import BARS, EIGHTH, FINEST, LONGEST, usual_time
from keras_gated.datasets.tunes._fields import SEMITONES, is_key, read_meter, signature
from keras_gated.datasets.tunes.errors import AbcError

HEADER_TOKENS = 2
"""The meter and the key."""

TICKS = 2**13 * 2520
"""In a quarter note.

Of an eighth, 64 parts may be a length, which tuplets of up to nine and a broken rhythm
on either side cut further: all durations are whole numbers of ticks.
"""

_NOTE = re.compile(r"(\^{1,2}|_{1,2}|=)?(?:([A-G])(,{0,5})|([a-g])('{0,5}))", re.ASCII)
_LENGTH = re.compile(r"(?=.)([1-9][0-9]{0,3})?(?:/([1-9][0-9]{0,2}))?", re.ASCII)
_BROKEN = re.compile(r">{1,3}|<{1,3}")
_TUPLET = re.compile(r"\(([2-9])(?::([1-9]):([1-9]))?", re.ASCII)
_ENDING = re.compile(r"\[([1-9](?:,[1-9]){0,8})", re.ASCII)
_ALTERATIONS = {"^": 1, "^^": 2, "_": -1, "__": -2, "=": 0}
_MIDDLE_C = 60
_HIGHEST = 127


@dataclass(frozen=True)
class Sound:
    """A note, a chord, or a rest.

    Attributes:
        token: The token with which it begins.
        duration: Ticks.
        pitches: MIDI pitches; none for a rest.
        tied: Whether it is held on by what follows.
    """

    token: int
    duration: int
    pitches: tuple[int, ...]
    tied: bool = False


@dataclass(frozen=True)
class Bar:
    """A bar line, with the token that it is."""

    token: int
    kind: str

    @property
    def closes(self) -> bool:
        """Whether what is before it is to be repeated."""
        return self.kind in (":|", "::")

    @property
    def opens(self) -> bool:
        """Whether what is behind it is to be repeated."""
        return self.kind in ("|:", "::")

    @property
    def ends_part(self) -> bool:
        """Whether a part of the tune ends with it."""
        return self.kind != "|"


@dataclass(frozen=True)
class Ending:
    """What follows is played in these rounds only."""

    token: int
    rounds: frozenset[int]


@dataclass(frozen=True)
class Meter:
    """The meter changes."""

    token: int
    meter: str


@dataclass(frozen=True)
class Key:
    """The key changes."""

    token: int
    key: str


Item: TypeAlias = Sound | Bar | Ending | Meter | Key


def header(tokens: Sequence[str]) -> tuple[str, str]:
    """The meter and the key that tokens begin with.

    Raises:
        AbcError: If they begin otherwise.
    """
    meter = tokens[0][2:] if tokens and tokens[0][:2] == "M:" else ""
    if not _is_meter(meter):
        raise AbcError("no meter", "token 0", repr("".join(tokens[:1])))
    key = tokens[1][2:] if len(tokens) > 1 and tokens[1][:2] == "K:" else ""
    if not is_key(key):
        raise AbcError("no key", "token 1", repr("".join(tokens[1:2])))
    return meter, key


def read_items(tokens: Sequence[str]) -> list[Item]:
    """What the tokens behind the header mean, in the order in which they are written.

    Raises:
        AbcError: For a token that is not known, or stands where it means nothing.
    """
    meter, key = header(tokens)
    grammar = _Grammar(meter, key)
    for number, token in enumerate(tokens[HEADER_TOKENS:], start=HEADER_TOKENS):
        grammar.read(number, token)
    return grammar.end(len(tokens))


@lru_cache(2**16)
def quarters(ticks: int) -> Fraction:
    """Ticks as quarter notes."""
    return Fraction(ticks, TICKS)


class _Grammar:
    def __init__(self, meter: str, key: str) -> None:
        self.items: list[Item] = []
        self.meter = meter
        self.signature = signature(key)
        self.held: dict[str, int] = {}  # Accidentals of this bar.
        self.tied: dict[str, int] = {}  # Those of notes that a tie holds over it.
        self.chord: list[int] | None = None
        self.chord_token = 0
        self.grace = False
        self.open: Sound | None = None  # The last sound: a length may follow.
        self.names: list[str] = []
        self.has_length = True
        self.factor = _ONE  # Of the next sound, by a broken rhythm.
        self.broken = -1  # The token that made it so.
        self.tuplet, self.tuplet_left = _ONE, 0

    def read(self, number: int, token: str) -> None:
        kind = _kind(token)
        if kind is None:
            raise AbcError("unknown token", f"token {number}", repr(token))
        getattr(self, f"_{kind}")(number, token)

    def end(self, number: int) -> list[Item]:
        place = f"token {number}"
        if self.chord is not None or self.grace:
            raise AbcError("unclosed bracket", place)
        self._complete(place)
        self._finish()
        return self.items

    def _rest(self, number: int, token: str) -> None:
        self._outside(number, token)
        self._sound(number, (), [])

    def _ending(self, number: int, token: str) -> None:
        self._outside(number, token)
        self._complete(f"token {number}")
        self._finish()
        rounds = frozenset(map(int, token[1:].split(",")))
        self.items.append(Ending(number, rounds))

    def _note(self, number: int, token: str) -> None:
        accidental, upper, commas, lower, apostrophes = _groups(token)
        letter = upper or lower.upper()
        octave = len(apostrophes) + 1 if lower else -len(commas)
        if accidental:
            alteration = _ALTERATIONS[accidental]
            self.held[letter] = alteration
        else:
            alteration = self.held.get(letter, self.signature[letter])
            if self.tied and not self.grace:
                name = token.lstrip("^_=")
                alteration = self.tied.get(name, alteration)
        pitch = _MIDDLE_C + 12 * octave + SEMITONES[letter] + alteration
        if not 0 <= pitch <= _HIGHEST:
            raise AbcError("pitch out of range", f"token {number}", repr(token))
        if self.grace:
            self.has_length = False
        elif self.chord is not None:
            self.chord.append(pitch)
            self.names.append(token)
        else:
            self._sound(number, (pitch,), [token])

    def _sound(self, number: int, pitches: tuple[int, ...], names: list[str]) -> None:
        self._finish()
        factor, self.factor = self.factor, _ONE
        if self.tuplet_left:
            factor *= self.tuplet
            self.tuplet_left -= 1
        self.open = Sound(number, _scaled(_EIGHTH, factor), pitches)
        self.names = names
        self.has_length = False
        self.tied = {}

    def _finish(self) -> None:
        """Puts the last sound among the items: nothing more is said of it."""
        if self.open:
            self.items.append(self.open)
        self.open = None
        self.has_length = True

    @staticmethod
    def _with_duration(sound: Sound, factor: Fraction) -> Sound:
        return replace(sound, duration=_scaled(sound.duration, factor))

    def _length(self, number: int, token: str) -> None:
        length = _fraction(token)
        if self.has_length or self.chord is not None:
            raise AbcError("length of nothing", f"token {number}", repr(token))
        if length > LONGEST or FINEST % length.denominator:
            raise AbcError("unknown length", f"token {number}", repr(token))
        self.has_length = True
        if self.open and not self.grace:
            self.open = self._with_duration(self.open, length)

    def _bar(self, number: int, token: str) -> None:
        self._outside(number, token)
        self._complete(f"token {number}")
        self._finish()
        self.items.append(Bar(number, token))
        self.held = {}

    def _broken(self, number: int, token: str) -> None:
        self._outside(number, token)
        if not self.open or self.factor is not _ONE:
            raise AbcError("broken rhythm of nothing", f"token {number}", repr(token))
        short = Fraction(1, 2 ** len(token))
        first, second = (2 - short, short) if token[0] == ">" else (short, 2 - short)
        self.open = self._with_duration(self.open, first)
        self.has_length = True
        self.factor, self.broken = second, number

    def _tie(self, number: int, token: str) -> None:
        self._outside(number, token)
        if not self.open or not self.open.pitches or self.open.tied:
            raise AbcError("tie of nothing", f"token {number}")
        self.open = replace(self.open, tied=True)
        self.has_length = True
        self.tied = {
            name.lstrip("^_="): self._alteration(name, pitch)
            for name, pitch in zip(self.names, self.open.pitches, strict=True)
        }

    def _alteration(self, name: str, pitch: int) -> int:
        letter = name.lstrip("^_=")[0].upper()
        return (pitch - SEMITONES[letter] + 6) % 12 - 6

    def _bracket(self, number: int, token: str) -> None:
        place = f"token {number}"
        if token in ("[", "{"):
            self._outside(number, token)
            self.has_length = True
            if token == "{":
                self.grace = True
            else:
                self.chord, self.chord_token, self.names = [], number, []
        elif token == "}" and self.grace:
            self.grace = False
            self.has_length = True
        elif token == "]" and self.chord:
            pitches, names = tuple(self.chord), self.names
            self.chord = None
            self._sound(self.chord_token, pitches, names)
        else:
            reason = "empty chord" if self.chord is not None else "unopened bracket"
            raise AbcError(reason, place, repr(token))

    def _tuplet(self, number: int, token: str) -> None:
        self._outside(number, token)
        if self.tuplet_left:
            raise AbcError("tuplet in a tuplet", f"token {number}", repr(token))
        p, *others = map(int, token[1:].split(":"))
        q, r = others or (usual_time(p, self.meter), p)
        self.has_length = True
        self.tuplet, self.tuplet_left = Fraction(q, p), r

    def _field(self, number: int, token: str) -> None:
        self._outside(number, token)
        self._finish()
        value = token[3:-1]
        if token[1] == "M" and _is_meter(value):
            self.meter = value
            self.items.append(Meter(number, value))
        elif token[1] == "K" and is_key(value):
            self.signature = signature(value)
            self.held = {}
            self.items.append(Key(number, value))
        else:
            raise AbcError("unknown token", f"token {number}", repr(token))

    def _outside(self, number: int, token: str) -> None:
        """Makes sure that no chord and no grace notes are open."""
        if self.chord is not None or self.grace:
            raise AbcError("no note in a bracket", f"token {number}", repr(token))

    def _complete(self, place: str) -> None:
        """Makes sure that no tuplet and no broken rhythm lacks a note."""
        if self.tuplet_left:
            raise AbcError("incomplete tuplet", place, f"lacks {self.tuplet_left}")
        if self.factor is not _ONE:
            raise AbcError("broken rhythm of nothing", f"token {self.broken}")


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


_ONE = Fraction(1)
_EIGHTH = int(EIGHTH * TICKS)


def _scaled(ticks: int, factor: Fraction) -> int:
    return ticks * factor.numerator // factor.denominator


@lru_cache(4096)
def _fraction(token: str) -> Fraction:
    return Fraction(token if token[0] != "/" else f"1{token}")


@lru_cache(4096)
def _kind(token: str) -> str | None:
    """Which kind of token it is, by the name of the method that reads it."""
    kinds = (kind for kind, known in _KINDS.items() if known.fullmatch(token))
    return next(kinds, None)


@lru_cache(4096)
def _groups(token: str) -> list[str]:
    match = _NOTE.fullmatch(token)
    assert match
    return [group or "" for group in match.groups()]


def _is_meter(text: str) -> bool:
    try:
        return read_meter(text) == text
    except ValueError:
        return False
