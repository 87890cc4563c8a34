"""Tokens as text that people and programs read."""

import re
from collections.abc import Sequence

from keras_gated.datasets.tunes._fields import bar_length, is_compound
from keras_gated.datasets.tunes._grammar import read_items
from keras_gated.datasets.tunes._items import TICKS, Bar, Item, Meter, Sound
from keras_gated.datasets.tunes._symbols import HEADER_TOKENS, header

_BARS_IN_A_LINE = 4
_LENGTH = re.compile(r"[0-9/]+")


def write_body(tokens: Sequence[str]) -> list[str]:
    """The tokens behind the header as lines of ABC.

    Raises:
        AbcError: For tokens that are no tune.
    """
    items = read_items(tokens)
    begins = begins_beat(items, header(tokens)[0])
    spaces = {_with_prefix(tokens, place) for place in begins}
    spaces.update(
        place
        for item in items
        if not isinstance(item, Sound)
        for place in (item.token, item.token + 1)
    )
    lines, line, bars = [], "", 0
    for place, token in _with_chords(tokens):
        if bars == _BARS_IN_A_LINE:
            lines.append(line)
            line, bars = "", 0
        between = " " if line and place in spaces else ""
        line += between + token
        bars += token[0] in "|:"
    return [*lines, line] if line else lines


def _with_prefix(tokens: Sequence[str], place: int) -> int:
    """Where what belongs before a note begins: grace notes and the sign of a tuplet."""
    while place > HEADER_TOKENS:
        before = tokens[place - 1]
        if before == "}":
            while tokens[place - 1] != "{":
                place -= 1
        elif before[0] != "(":
            break
        place -= 1
    return place


def _with_chords(tokens: Sequence[str]) -> list[tuple[int, str]]:
    """Tokens and their places; the length of a chord is written at its notes.

    That is the only place where many programs read it.
    """
    found = []
    place = HEADER_TOKENS
    while place < len(tokens):
        if tokens[place] != "[":
            found.append((place, tokens[place]))
            place += 1
            continue
        end = tokens.index("]", place)
        behind = tokens[end + 1] if end + 1 < len(tokens) else ""
        length = behind if _LENGTH.fullmatch(behind) else ""
        notes = "".join(note + length for note in tokens[place + 1 : end])
        found.append((place, f"[{notes}]"))
        place = end + (2 if length else 1)
    return found


def begins_beat(items: Sequence[Item], meter: str) -> set[int]:
    """The tokens of the sounds that begin a beat, or are no shorter than one."""
    found: set[int] = set()
    full, beat = _times(meter)
    bar: list[Sound] = []
    begins_part = True
    for item in [*items, Bar(len(items), "|]")]:
        if isinstance(item, Sound):
            bar.append(item)
        elif isinstance(item, Meter):
            full, beat = _times(item.meter)
        elif isinstance(item, Bar) and bar:
            length = sum(sound.duration for sound in bar)
            # An upbeat is the end of a bar.
            now = max(0, full - length) if begins_part else 0
            for sound in bar:
                if now % beat == 0 or sound.duration >= TICKS:
                    found.add(sound.token)
                now += sound.duration
            bar, begins_part = [], item.ends_part
    return found


def _times(meter: str) -> tuple[int, int]:
    """Ticks of a bar, and of what is written together in it."""
    full = int(bar_length(meter) * TICKS)
    if is_compound(meter) or meter == "3/8":
        return full, 3 * TICKS // 2
    return full, TICKS * (2 if meter in ("4/4", "2/2") else 1)
