"""What the tokens of a tune mean: sounds, bar lines, endings, meters and keys."""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

TICKS = 2**13 * 2520
"""In a quarter note.

Of an eighth, 64 parts may be a length, which tuplets of up to nine and a broken rhythm
on either side cut further: all durations are whole numbers of ticks.
"""


@dataclass(frozen=True)
class Sound:
    """A note, a chord, or a rest.

    Attributes:
        token: The token with which it begins.
        duration: Ticks.
        pitches: MIDI pitches; none for a rest.
        tied: Whether it is held on by what follows.
        names: The tokens of the pitches.
        graces: Pitches and tokens of the grace notes before it.
        ratio: By how much a tuplet changes its duration.
        in_tuplet: Its place in the tuplet, from 0, and how many sounds that has.
    """

    token: int
    duration: int
    pitches: tuple[int, ...]
    tied: bool = False
    names: tuple[str, ...] = ()
    graces: tuple[tuple[int, str], ...] = ()
    ratio: Fraction = Fraction(1)
    in_tuplet: tuple[int, int] = (0, 0)


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


@lru_cache(2**16)
def quarters(ticks: int) -> Fraction:
    """Ticks as quarter notes."""
    return Fraction(ticks, TICKS)
