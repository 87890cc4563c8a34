"""What there is to say of tunes, one by one and all together."""

from collections.abc import Sequence
from itertools import groupby, pairwise

import numpy as np
import pandas as pd

from keras_gated.datasets import tunes
from keras_gated.datasets.tunes import AbcError, Tune
from keras_gated.datasets.tunes.checking import IN_KEY
from reproduce.studies.tunes.writing import Header, Written
from reproduce.task import Array

MOST_COPIED = 16
"""Tokens in a row that a tune may have in common with a training tune."""

COUNTS = {
    "pitches": tunes.count_pitches,
    "degrees": tunes.count_degrees,
    "intervals": tunes.count_intervals,
}
"""What is counted of tunes."""

PARTS = ("readable", "ended", "bars", "repeats", "in_key", "as_asked", "abc")
"""What a tune has to be to be well formed."""

FLAGS = (*PARTS, "well_formed", "beat", "copies", "copies_in_any_key", "two_parts")
NUMBERS = ("tokens", "copied", "copied_in_any_key", "similarity")


def judge(
    written: Sequence[Written], headers: Sequence[Header], training: Sequence[Tune]
) -> pd.DataFrame:
    """Judges tunes, each by itself.

    Args:
        written: The tunes.
        headers: The meter and key that were asked for.
        training: The tunes of which they may be copies.

    Returns:
        A row for each tune, with the columns `FLAGS` of 0 and 1, and `NUMBERS`: whether
        it is `readable`, its tokens being a tune, and `ended` by itself; whether bars
        add up, repeats close, nine tenths of its time are on the scale, meter and key
        are those that were asked for, and its `abc` is read without complaint; the
        tokens in the longest run that a training tune has, too, and the notes in any
        key; its form. What is no tune has none.
    """
    bodies = [one.tune for one in written]
    table = pd.DataFrame(
        [_judge(one, header) for one, header in zip(written, headers, strict=True)]
    )
    table["copied"] = tunes.copied_runs(bodies, training)
    table["copied_in_any_key"] = tunes.copied_runs(
        [_in_any_key(tune) for tune in bodies], [_in_any_key(tune) for tune in training]
    )
    for name in ("copied", "copied_in_any_key"):
        flag = name.replace("copied", "copies")
        table[flag] = (table[name] > MOST_COPIED).astype(int)
    return table[[*FLAGS, *NUMBERS]]


def _judge(one: Written, header: Header) -> dict[str, float]:
    tune = one.tune
    check = tunes.check_tune(tune, *header)
    readable = not check.error
    found = {
        "readable": readable,
        "ended": one.ended,
        "bars": check.bars,
        "repeats": check.repeats,
        "in_key": check.in_key >= IN_KEY,
        "as_asked": check.as_asked,
        "abc": readable and _is_read_again(tune),
        "beat": check.beat,
        "two_parts": readable and tunes.has_two_parts_of_eight(tune),
    }
    found["well_formed"] = all(found[part] for part in PARTS)
    return {
        **{name: int(value) for name, value in found.items()},
        "tokens": len(tune.tokens),
        "similarity": tunes.self_similarity(tune) if readable else np.nan,
    }


def _is_read_again(tune: Tune) -> bool:
    """Whether a program that knows the standard reads the ABC of a tune."""
    read, refused = tunes.parse_abc(tune.abc())
    return len(read) == 1 and not refused


def _in_any_key(tune: Tune) -> Tune:
    """A tune whose tokens are intervals with the time that they take.

    `copied_runs` compares tokens, whatever they are. Of chords the highest note counts.
    """
    try:
        notes = tune.notes(repeats=False)
    except AbcError:
        return Tune(())
    melody = [
        max(same, key=lambda note: note.pitch)
        for _, same in groupby(notes, key=lambda note: note.onset)
    ]
    steps = [
        f"{after.pitch - note.pitch:+d} {after.onset - note.onset}"
        for note, after in pairwise(melody)
    ]
    return Tune(("", "", *steps))


def distances(written: Sequence[Tune], others: Sequence[Tune]) -> Array:
    """How far two sets of tunes are apart in what is counted of them.

    Args:
        written: Tunes; those that are none are left out.
        others: What they are compared with.

    Returns:
        Rows for each of `COUNTS`: the distance of Jensen and Shannon, and the ends of
        its interval; NaN if none of them is a tune.
    """
    readable = [tune for tune in written if not tunes.check_tune(tune).error]
    if not readable:
        return np.full((len(COUNTS), 3), np.nan)
    return np.array(
        [tunes.compare_counts(readable, others, count) for count in COUNTS.values()]
    )
