"""Durations as the values of notes: halves of halves, with dots."""

from keras_gated.datasets.tunes._items import TICKS, Sound

TYPES = (
    "whole",
    "half",
    "quarter",
    "eighth",
    "16th",
    "32nd",
    "64th",
    "128th",
    "256th",
)
_WHOLE = 4 * TICKS
_MOST_DOTS = 2


def note_values(sound: Sound) -> list[int]:
    """Ticks of the note values that make up a sound, the longest first."""
    left = int(sound.duration / sound.ratio)
    values = []
    while left:
        exponent = 0
        while _WHOLE >> exponent > left:
            exponent += 1
        value = part = _WHOLE >> exponent
        for _ in range(_MOST_DOTS):
            part //= 2
            if value + part > left or exponent + 1 >= len(TYPES):
                break
            value += part
        values.append(value)
        left -= value
        if exponent >= len(TYPES) - 1:
            # What is finer than any note value is part of the last.
            values[-1] += left
            left = 0
    return [int(value * sound.ratio) for value in values]


def named_value(ticks: int) -> tuple[int, int]:
    """Which note value it is, and how many dots it has."""
    exponent = next(
        (e for e in range(len(TYPES)) if _WHOLE >> e <= ticks), len(TYPES) - 1
    )
    rest = ticks - (_WHOLE >> exponent)
    dots = 0
    while dots < _MOST_DOTS and rest >= (_WHOLE >> (exponent + dots + 1)):
        dots += 1
        rest -= _WHOLE >> (exponent + dots)
    return exponent, dots
