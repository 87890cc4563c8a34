"""The order in which tokens may stand, and what they mean together."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from keras_gated.datasets.tunes._body import EIGHTH, FINEST, LONGEST, usual_time
from keras_gated.datasets.tunes._fields import is_key, signature
from keras_gated.datasets.tunes._items import (
    TICKS,
    Bar,
    Ending,
    Item,
    Key,
    Meter,
    Sound,
)
from keras_gated.datasets.tunes._symbols import (
    HEADER_TOKENS,
    header,
    is_meter,
    length_of,
    note_token,
    token_kind,
)
from keras_gated.datasets.tunes.errors import AbcError

_HIGHEST = 127
_ONE = Fraction(1)
_EIGHTH = int(EIGHTH * TICKS)


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
        self.graces: list[tuple[int, str]] = []
        self.open: Sound | None = None  # The last sound: a length may follow.
        self.names: list[str] = []  # Of the chord that is open.
        self.has_length = True
        self.factor = _ONE  # Of the next sound, by a broken rhythm.
        self.broken = -1  # The token that made it so.
        self.tuplet, self.tuplet_left, self.tuplet_size = _ONE, 0, 0

    def read(self, number: int, token: str) -> None:
        kind = token_kind(token)
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
        note = note_token(token)
        alteration = note.alteration
        if alteration is not None:
            self.held[note.letter] = alteration
        else:
            alteration = self.held.get(note.letter, self.signature[note.letter])
            if self.tied and not self.grace:
                alteration = self.tied.get(note.name, alteration)
        pitch = note.natural + alteration
        if not 0 <= pitch <= _HIGHEST:
            raise AbcError("pitch out of range", f"token {number}", repr(token))
        if self.grace:
            self.has_length = False
            self.graces.append((pitch, token))
        elif self.chord is not None:
            self.chord.append(pitch)
            self.names.append(token)
        else:
            self._sound(number, (pitch,), [token])

    def _sound(self, number: int, pitches: tuple[int, ...], names: list[str]) -> None:
        self._finish()
        factor, self.factor = self.factor, _ONE
        ratio, place = _ONE, (0, 0)
        if self.tuplet_left:
            ratio = self.tuplet
            place = (self.tuplet_size - self.tuplet_left, self.tuplet_size)
            self.tuplet_left -= 1
        self.open = Sound(
            number,
            _scaled(_EIGHTH, factor * ratio),
            pitches,
            names=tuple(names),
            graces=tuple(self.graces),
            ratio=ratio,
            in_tuplet=place,
        )
        self.graces = []
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
        length = length_of(token)
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
            note_token(name).name: pitch - note_token(name).natural
            for name, pitch in zip(self.open.names, self.open.pitches, strict=True)
        }

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
        self.tuplet, self.tuplet_left, self.tuplet_size = Fraction(q, p), r, r

    def _field(self, number: int, token: str) -> None:
        self._outside(number, token)
        self._finish()
        value = token[3:-1]
        if token[1] == "M" and is_meter(value):
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


def _scaled(ticks: int, factor: Fraction) -> int:
    return ticks * factor.numerator // factor.denominator
