"""Bars, and whether they add up to the meter."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from keras_gated.datasets.tunes._fields import bar_length
from keras_gated.datasets.tunes._items import Bar, Item, Meter, Sound, quarters


@dataclass(frozen=True)
class Measure:
    """What stands between two bar lines.

    Args:
        duration: Its length in quarter notes.
        full: The length that the meter asks for.
        at_edge: Whether a part of the tune begins or ends with it.
    """

    duration: Fraction
    full: Fraction
    at_edge: bool

    @property
    def adds_up(self) -> bool:
        """Whether it is full, or shorter at the edge of a part."""
        return self.duration == self.full or (
            self.at_edge and self.duration < self.full
        )


def measures(items: Sequence[Item], meter: str) -> list[Measure]:
    """The bars that have any length, in the order of `items`."""
    found: list[Measure] = []
    full, begun = bar_length(meter), bar_length(meter)
    duration, edge = 0, True
    for item in items:
        if isinstance(item, Sound):
            if not duration:
                begun = full
            duration += item.duration
        elif isinstance(item, Meter):
            full = bar_length(item.meter)
        elif isinstance(item, Bar):
            if duration:
                found.append(Measure(quarters(duration), begun, edge or item.ends_part))
                duration, edge = 0, False
            edge = edge or item.ends_part
    if duration:
        found.append(Measure(quarters(duration), begun, True))
    return found


def keeps_beat(played: Sequence[Measure]) -> bool:
    """Whether short bars of a tune that is played add up to whole ones.

    The first may be short, and the last one, too.
    """
    pending = Fraction(0)
    for number, measure in enumerate(played):
        pending += measure.duration
        if pending >= measure.full or number == 0:
            if pending > measure.full:
                return False
            pending = Fraction(0)
    return True
