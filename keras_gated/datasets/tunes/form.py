"""The form of a tune: its parts, and what comes again."""

from fractions import Fraction

import numpy as np

from keras_gated.datasets.tunes._fields import bar_length
from keras_gated.datasets.tunes._grammar import read_items
from keras_gated.datasets.tunes._items import Bar, Ending, Sound, quarters
from keras_gated.datasets.tunes.tune import Tune

_GRID = 24
"""Points in a quarter note at which a melody is looked at."""


def parts(tune: Tune) -> list[float]:
    """Returns how many bars each part of a tune has.

    Parts are what double bar lines and repeats separate, as written; of endings the
    first counts. The length is that of all notes and rests of a part, an upbeat
    included, by that of a bar.

    Args:
        tune: The tune.

    Raises:
        AbcError: For tokens that are no tune.

    Examples:
        >>> from keras_gated.datasets import tunes
        >>> tokens = "M:2/4 K:Dmaj D | F 4 | A 3 :| d 4 | A 4 | D 4 |]".split()
        >>> tunes.parts(tunes.Tune(tokens))
        [2.0, 3.0]
    """
    bar = bar_length(tune.meter)
    lengths = []
    length, counts = 0, True
    for item in read_items(tune.tokens):
        if isinstance(item, Sound) and counts:
            length += item.duration
        elif isinstance(item, Ending):
            counts = 1 in item.rounds
        elif isinstance(item, Bar) and item.ends_part:
            if length:
                lengths.append(quarters(length) / bar)
            length, counts = 0, True
    if length:
        lengths.append(quarters(length) / bar)
    return [float(length) for length in lengths]


def has_two_parts_of_eight(tune: Tune) -> bool:
    """Tells whether a tune has two parts of eight bars, give or take an upbeat.

    Args:
        tune: The tune.

    Raises:
        AbcError: For tokens that are no tune.

    Examples:
        >>> from keras_gated.datasets import tunes
        >>> part = "D 4 | F 4 | A 4 | D 4 | D 4 | F 4 | A 4 | D 4".split()
        >>> tokens = ["M:2/4", "K:Dmaj", *part, ":|", *part, ":|"]
        >>> tunes.has_two_parts_of_eight(tunes.Tune(tokens))
        True
    """
    return [round(bars) for bars in parts(tune)] == [8, 8]


def self_similarity(tune: Tune, bars: int = 8) -> float:
    """Returns how much of a tune, as it is played, comes again some bars later.

    Args:
        tune: The tune.
        bars: How much later.

    Returns:
        The share of its time at which the same pitch sounds as `bars` bars later, of
        chords the highest, or at which both are silent; not a number for a tune that
        is no longer than that.

    Raises:
        ValueError: If `bars` is not positive, or an `AbcError` for tokens that are no
            tune.

    Examples:
        >>> from keras_gated.datasets import tunes
        >>> tokens = "M:2/4 K:Dmaj D 2 F 2 | D 2 A 2 |]".split()
        >>> tunes.self_similarity(tunes.Tune(tokens), bars=1)
        0.5
    """
    if bars < 1:
        raise ValueError(f"bars must be positive, received {bars}")
    lag = round(bars * bar_length(tune.meter) * _GRID)
    length = sum((measure.duration for measure in tune.measures()), Fraction(0))
    sounding = np.zeros(round(length * _GRID), np.int64)
    for note in sorted(tune.notes()):
        start = round(note.onset * _GRID)
        sounding[start : round((note.onset + note.duration) * _GRID)] = note.pitch
    if len(sounding) <= lag:
        return float("nan")
    return float((sounding[lag:] == sounding[:-lag]).mean())
