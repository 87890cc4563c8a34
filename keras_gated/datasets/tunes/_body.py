"""The body of a tune, from lines of ABC to tokens.

The tokens say the same in one way: lengths in eighths, one name for each bar line, no
decorations, slurs, texts or breaks of lines.
"""

from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache

from keras_gated.datasets.tunes._fields import (
    bar_length,
    is_compound,
    read_key,
    read_meter,
    read_unit,
)
from keras_gated.datasets.tunes._lexer import Lexeme, lexemes
from keras_gated.datasets.tunes.errors import AbcError

EIGHTH = Fraction(1, 2)
"""The unit of lengths in tokens, in quarter notes."""

LONGEST = Fraction(64)
"""Of a note, in eighths."""

FINEST = 64
"""Parts of an eighth that a length may be made of."""

BARS = ("|", "||", "|]", "|:", ":|", "::")
"""The bar lines that tokens know."""

MOST_BARS_OF_REST = 32
MOST_TOKENS = 20_000

_IGNORED_FIELDS = set("ABCDFGHINOPQRSTUWZrsw")
"""Fields that may stand in a body and change no note."""


def read_body(
    lines: Iterable[tuple[int, str]], meter: str, unit: Fraction
) -> tuple[list[str], list[str]]:
    """The tokens of the lines of a body, and where each of them stands.

    Args:
        lines: Number of the line in the file, and its text.
        meter: The meter at the beginning.
        unit: The unit of lengths at the beginning, in quarter notes.

    Raises:
        AbcError: For what is not known.
    """
    reader = _Body(meter, unit)
    for number, line in lines:
        if line[1:2] == ":" and line[0].isalpha() and line[0].isascii():
            place = f"line {number}, column 1"
            reader.field(line[0], line[2:].partition("%")[0].strip(), place)
        elif not line.startswith("%"):
            for lexeme in lexemes(line, number):
                reader.read(lexeme)
        if len(reader.tokens) > MOST_TOKENS:
            raise AbcError("tune too long", f"line {number}, column 1")
    reader.end()
    return reader.tokens, reader.places


class _Body:
    def __init__(self, meter: str, unit: Fraction) -> None:
        self.tokens: list[str] = []
        self.places: list[str] = []
        self.meter = meter
        self.unit = unit
        self.chord: Lexeme | None = None
        self.chord_lengths: list[Fraction] = []
        self.chord_tie = False

    def read(self, lexeme: Lexeme) -> None:
        allowed = ("note", "tie", "chord_close")
        if self.chord and lexeme.kind not in allowed:
            raise AbcError("no note in a chord", lexeme.place, lexeme.kind)
        getattr(self, f"_{lexeme.kind}")(lexeme)

    def end(self) -> None:
        if self.chord:
            raise AbcError("unclosed chord", self.chord.place)

    def add(self, token: str, place: str) -> None:
        self.tokens.append(token)
        self.places.append(place)

    def field(self, name: str, text: str, place: str) -> None:
        """Reads a field, on a line of its own or in brackets."""
        if self.chord:
            raise AbcError("unclosed chord", self.chord.place)
        try:
            if name == "M":
                self.meter = read_meter(text)
                self.add(f"[M:{self.meter}]", place)
            elif name == "K":
                self.add(f"[K:{read_key(text)}]", place)
            elif name == "L":
                self.unit = read_unit(text)
            elif name == "V":
                raise AbcError("several voices", place, f"V:{text}")
            elif name not in _IGNORED_FIELDS:
                raise AbcError("unknown field", place, f"{name}:")
        except AbcError:
            raise
        except ValueError as error:
            raise AbcError(f"unknown {name}:", place, str(error)) from error

    def _field(self, lexeme: Lexeme) -> None:
        text = lexeme.text
        self.field(text[1], text[3:-1].strip(), lexeme.place)

    def _bar(self, lexeme: Lexeme) -> None:
        bar = _Bar.of(lexeme.match["line"])
        last = len(self.tokens) - 1
        while last >= 0 and self.tokens[last].startswith(("[K:", "[M:")):
            last -= 1
        if last >= 0 and self.tokens[last] in BARS:
            self.tokens[last] = _Bar.of(self.tokens[last]).then(bar).token
        else:
            self.add(bar.token, lexeme.place)
        if lexeme.match["rounds"]:
            self._rounds(lexeme.match["rounds"], lexeme.place)

    def _ending(self, lexeme: Lexeme) -> None:
        self._rounds(lexeme.text, lexeme.place)

    def _rounds(self, text: str, place: str) -> None:
        numbers: set[int] = set()
        for part in text.split(","):
            bounds = [int(number) for number in part.split("-")]
            numbers.update(range(bounds[0], bounds[-1] + 1))
        self.add("[" + ",".join(map(str, sorted(numbers))), place)

    def _tuplet(self, lexeme: Lexeme) -> None:
        parts = (lexeme.text + "::").split(":")
        p, q, r = (int(part or 0) for part in parts[:3])
        self.add(tuplet_token(p, q, r, self.meter), lexeme.place)

    def _grace(self, lexeme: Lexeme) -> None:
        self.add(lexeme.text[0], lexeme.place)

    def _note(self, lexeme: Lexeme) -> None:
        match = lexeme.match
        name = note_name(match["letter"], match["octave"])
        length = self._length(match["length"], lexeme)
        self.add((match["accidental"] or "") + name, lexeme.place)
        if self.chord:
            self.chord_lengths.append(length)
        else:
            self._add_length(length, lexeme)

    def _rest(self, lexeme: Lexeme) -> None:
        length = self._length(lexeme.text, lexeme)
        self.add("z", lexeme.place)
        self._add_length(length, lexeme)

    def _bar_rest(self, lexeme: Lexeme) -> None:
        bars = int(lexeme.text or 1)
        if not 1 <= bars <= MOST_BARS_OF_REST:
            raise AbcError("rest too long", lexeme.place, f"{bars} bars")
        for number in range(bars):
            if number:
                self.add("|", lexeme.place)
            self.add("z", lexeme.place)
            self._add_length(bar_length(self.meter) / EIGHTH, lexeme)

    def _chord_open(self, lexeme: Lexeme) -> None:
        self.chord, self.chord_lengths, self.chord_tie = lexeme, [], False
        self.add("[", lexeme.place)

    def _chord_close(self, lexeme: Lexeme) -> None:
        if not self.chord:
            raise AbcError("unopened chord", lexeme.place)
        if not self.chord_lengths:
            raise AbcError("empty chord", lexeme.place)
        self.chord = None
        # As the standard says, a chord is as long as its first note.
        factor = self._length(lexeme.text, lexeme) / self._unit()
        if len(self.chord_lengths) == 1:
            del self.tokens[-2], self.places[-2]
        else:
            self.add("]", lexeme.place)
        self._add_length(self.chord_lengths[0] * factor, lexeme)
        if self.chord_tie:
            self.add("-", lexeme.place)

    def _broken(self, lexeme: Lexeme) -> None:
        self.add(lexeme.text, lexeme.place)

    def _tie(self, lexeme: Lexeme) -> None:
        if self.chord:
            self.chord_tie = True
        elif not self.tokens or self.tokens[-1] != "-":
            self.add("-", lexeme.place)

    def _unit(self) -> Fraction:
        return self.unit / EIGHTH

    def _length(self, text: str, lexeme: Lexeme) -> Fraction:
        """A length in eighths."""
        factor = _factor(text)
        if factor is None:
            raise AbcError("unknown length", lexeme.place, text)
        return self._unit() * factor

    def _add_length(self, length: Fraction, lexeme: Lexeme) -> None:
        if length > LONGEST or FINEST % length.denominator:
            raise AbcError("unknown length", lexeme.place, f"{length} eighths")
        token = length_token(length)
        if token:
            self.add(token, lexeme.place)


@lru_cache(1024)
def _factor(text: str) -> Fraction | None:
    """The number that `3/2`, `/` or `//` stands for, `None` where it is none."""
    number, slashes, rest = text.partition("/")
    more = rest.lstrip("/")
    extra = len(rest) - len(more)
    if (extra and more) or 0 in (int(number or 1), int(more or 1)):
        return None
    halvings = 0 if more else extra + len(slashes)
    return Fraction(int(number or 1), int(more or 1)) / 2**halvings


def note_name(letter: str, marks: str) -> str:
    """A letter with its octave in one spelling: `c` for `C'`."""
    octave = letter.islower() + marks.count("'") - marks.count(",")
    if octave >= 1:
        return letter.lower() + "'" * (octave - 1)
    return letter.upper() + "," * -octave


def length_token(length: Fraction) -> str:
    """The token of a length in eighths, empty for one."""
    above = "" if length.numerator == 1 else str(length.numerator)
    below = "" if length.denominator == 1 else f"/{length.denominator}"
    return above + below


def tuplet_token(p: int, q: int, r: int, meter: str) -> str:
    """The token of `p` notes in the time of `q` for the next `r`; 0 for the default."""
    usual = usual_time(p, meter)
    q, r = q or usual, r or p
    return f"({p}" if (q, r) == (usual, p) else f"({p}:{q}:{r}"


def usual_time(p: int, meter: str) -> int:
    """In the time of how many `p` notes are played, unless a tune says it."""
    if p in (2, 4, 8):
        return 3
    if p in (3, 6):
        return 2
    return 3 if is_compound(meter) else 2


class _Bar:
    """A bar line: whether it ends a repeat, begins one, or ends a part."""

    def __init__(self, closes: bool, opens: bool, double: bool, end: bool) -> None:
        self.closes, self.opens, self.double, self.end = closes, opens, double, end

    @classmethod
    def of(cls, text: str) -> "_Bar":
        lines = text.strip(":").replace("[|]", "|")
        return cls(
            text.startswith(":"),
            text.endswith(":"),
            lines.count("|") > 1,
            "]" in lines or lines.startswith("["),
        )

    def then(self, other: "_Bar") -> "_Bar":
        """The bar line that two in a row are."""
        return _Bar(
            self.closes or other.closes,
            self.opens or other.opens,
            self.double or other.double,
            self.end or other.end,
        )

    @property
    def token(self) -> str:
        if self.closes and self.opens:
            return "::"
        if self.closes or self.opens:
            return ":|" if self.closes else "|:"
        return "|]" if self.end else "||" if self.double else "|"
