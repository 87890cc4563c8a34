"""Files of ABC: the tunes in them, and what is none."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from keras_gated.datasets.tunes._body import read_body
from keras_gated.datasets.tunes._fields import (
    default_unit,
    read_key,
    read_meter,
    read_unit,
)
from keras_gated.datasets.tunes._grammar import read_items
from keras_gated.datasets.tunes._items import Sound
from keras_gated.datasets.tunes._symbols import HEADER_TOKENS
from keras_gated.datasets.tunes.errors import AbcError
from keras_gated.datasets.tunes.tune import Tune

LARGEST_FILE = 64 * 2**20
"""Bytes."""

_HEADER_FIELDS = set("ABCDFGHINOPQRSTUWXYZrsw")
_Lines = list[tuple[int, str]]


@dataclass(frozen=True)
class Refusal:
    """A piece of a file that was not read as a tune.

    Args:
        reason: Why, in words that are the same for the same cause.
        place: Line and column of what is not understood.
        source: The file.
        title: The title, if it has one.
        detail: What was found there.
    """

    reason: str
    place: str
    source: str
    title: str = ""
    detail: str = ""

    def __str__(self) -> str:
        named = f" ({self.title})" if self.title else ""
        detail = f", {self.detail}" if self.detail else ""
        return f"{self.source}, {self.place}: {self.reason}{detail}{named}"


class Reading(NamedTuple):
    """What came of a file.

    Attributes:
        tunes: The tunes, in its order.
        refusals: What is no tune, or none that is understood, in its order.
    """

    tunes: list[Tune]
    refusals: list[Refusal]


def read_abc(path: str | os.PathLike[str]) -> Reading:
    """Reads a file of tunes in ABC notation.

    Every tune either is understood as the standard (2.1) says, or is refused with a
    reason and its line and column; nothing is guessed and nothing goes missing. What
    sounds is read: pitches, accidentals, which hold to the end of the bar, lengths,
    broken rhythms, tuplets, ties, chords, grace notes, repeats, endings, meters, keys
    with their modes, and fields between the notes. What does not sound is dropped:
    decorations, slurs, chord symbols, fingering and other text in quotes, spaces,
    breaks of lines, titles, words. A tie between different pitches is a slur. The
    order in which `P:` plays parts, da capo and dal segno are not played.

    Refused are tunes without `X:`, `M:` or `K:`, several voices, overlays, macros
    and what the grammar does not know; and text that belongs to no
    tune. The time is linear in the size of the file.

    Args:
        path: The file; ASCII, UTF-8 or, where it is no UTF-8, Latin-1.

    Returns:
        A `Reading`: `tunes` and `refusals`.

    Raises:
        ValueError: For a file of more than 64 MiB or one with zero bytes.
        OSError: Where it cannot be read.

    Examples:
        >>> import tempfile
        >>> from pathlib import Path
        >>> from keras_gated.datasets import tunes
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder) / "two.abc"
        ...     _ = path.write_text('''X:1
        ... T:Scrap
        ... M:C
        ... L:1/4
        ... K:D
        ... .F"D"A (fd) | ~e4 |]
        ...
        ... X:2
        ... M:C
        ... K:G
        ... G & B
        ... ''')
        ...     read, refused = tunes.read_abc(path)
        >>> " ".join(read[0].tokens)
        'M:4/4 K:Dmaj F 2 A 2 f 2 d 2 | e 8 |]'
        >>> print(refused[0].place, refused[0].reason, refused[0].detail)
        line 11, column 3 unknown sign '&'

    Reference:
        Walshaw, "The ABC music standard 2.1", 2011.
    """
    path = Path(path)
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise ValueError(f"{path} has {size} bytes, more than {LARGEST_FILE}")
    content = path.read_bytes()
    if b"\0" in content:
        raise ValueError(f"{path} has zero bytes, so it is no text")
    return parse_abc(decoded(content), path.name)


def decoded(content: bytes) -> str:
    """UTF-8, or Latin-1 where it is none: old collections are older than UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def parse_abc(text: str, source: str = "text") -> Reading:
    """Reads tunes in ABC notation from a string, as `read_abc` does from a file.

    Args:
        text: The text.
        source: What messages and the tunes call it.

    Returns:
        A `Reading`: `tunes` and `refusals`.

    Examples:
        >>> from keras_gated.datasets import tunes
        >>> text = "X:1" "\\nT:Scrap" "\\nM:3/4" "\\nK:Am" "\\nA>B c2 e2 |]"
        >>> (tune,), refused = tunes.parse_abc(text)
        >>> tune.key, tune.source, refused
        ('Amin', 'text:1', [])
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    reading = Reading([], [])
    for lines in _pieces(text.split("\n")):
        title = _title(lines)
        try:
            tune = _read_tune(lines, title, source)
        except AbcError as error:
            reading.refusals.append(
                Refusal(error.reason, error.place, source, title, error.detail)
            )
        else:
            reading.tunes.append(tune)
    return reading


def _pieces(lines: Sequence[str]) -> Iterator[_Lines]:
    """The lines that belong together: empty lines and `X:` are between them.

    The head of a file, comments and fields before the first tune, is none.
    """
    piece: _Lines = []
    for number, line in enumerate(lines, start=1):
        starts = line.startswith("X:")
        if (starts or not line.strip()) and piece:
            if not _is_remark(piece):
                yield piece
            piece = []
        if line.strip():
            piece.append((number, line))
    if piece and not _is_remark(piece):
        yield piece


def _is_remark(piece: _Lines) -> bool:
    """Whether nothing of it is a tune: comments, or fields for the whole file."""
    return all(
        line.startswith("%") or (line[1:2] == ":" and line[0] in "ABCDFGHINORSZ")
        for _, line in piece
    )


def _title(lines: _Lines) -> str:
    for _, line in lines:
        if line.startswith("T:"):
            return line[2:].partition("%")[0].strip()
    return ""


def _read_tune(lines: _Lines, title: str, source: str) -> Tune:
    first, start = lines[0]
    if not start.startswith("X:"):
        is_field = start[1:2] == ":" and start[0].isalpha()
        reason = "no X: at the beginning" if is_field else "text outside of a tune"
        raise AbcError(reason, f"line {first}, column 1", repr(start[:20]))
    header, body = _split(lines)
    meter, key, unit = _read_header(header, first)
    tokens, places = read_body(body, meter, unit)
    tokens = _without_slurs([f"M:{meter}", f"K:{key}", *tokens], places)
    return Tune(tuple(tokens), title, f"{source}:{first}")


def _split(lines: _Lines) -> tuple[_Lines, _Lines]:
    """The header, which ends with `K:`, and the body."""
    for number, (_, line) in enumerate(lines, start=1):
        if line.startswith("K:"):
            return lines[:number], lines[number:]
    raise AbcError("no K:", f"line {lines[0][0]}, column 1")


def _read_header(lines: _Lines, first: int) -> tuple[str, str, Fraction]:
    meter, key, unit = "", "", None
    for number, line in lines:
        place = f"line {number}, column 1"
        text = line[2:].partition("%")[0].strip()
        if line.startswith("%"):
            continue
        name = line[0] if line[1:2] == ":" else ""
        try:
            if name == "M":
                meter = read_meter(text)
            elif name == "L":
                unit = read_unit(text)
            elif name == "K":
                key = read_key(text)
        except ValueError as error:
            raise AbcError(f"unknown {name}:", place, str(error)) from error
        if not name:
            raise AbcError("text in the header", place, repr(line[:20]))
        if name in "Vm":
            reason = "several voices" if name == "V" else "macros"
            raise AbcError(reason, place, line[:20])
        if name not in "MLK" and name not in _HEADER_FIELDS:
            raise AbcError("unknown field", place, f"{name}:")
    if not meter:
        raise AbcError("no M:", f"line {first}, column 1")
    return meter, key, default_unit(meter) if unit is None else unit


def _without_slurs(tokens: list[str], places: list[str]) -> list[str]:
    """Tokens without the ties that hold nothing, once they are known to be a tune."""
    try:
        sounds = [item for item in read_items(tokens) if isinstance(item, Sound)]
    except AbcError as error:
        number = int(error.place.removeprefix("token ")) - HEADER_TOKENS
        place = places[number] if number < len(places) else "end of the tune"
        raise AbcError(error.reason, place, error.detail) from error
    if not any(sound.pitches for sound in sounds):
        raise AbcError("no notes", places[0] if places else "end of the tune")
    slurs = set()
    for sound, after in pairwise([*sounds, Sound(0, 0, ())]):
        if sound.tied and not set(sound.pitches) & set(after.pitches):
            slurs.add(tokens.index("-", sound.token))
    return [token for number, token in enumerate(tokens) if number not in slurs]
