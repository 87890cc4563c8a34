"""Whether a tune is well formed."""

from collections.abc import Sequence
from dataclasses import dataclass

from keras_gated.datasets.tunes._fields import scale
from keras_gated.datasets.tunes._grammar import read_items
from keras_gated.datasets.tunes._items import Item, Key, Sound
from keras_gated.datasets.tunes._playing import play, repeats_close
from keras_gated.datasets.tunes._symbols import header
from keras_gated.datasets.tunes.bars import keeps_beat, measures
from keras_gated.datasets.tunes.errors import AbcError
from keras_gated.datasets.tunes.tune import Tune

IN_KEY = 0.9
"""The share of its time that a tune has to spend on the scale of its key."""


@dataclass(frozen=True)
class Check:
    """What is right about a tune.

    Args:
        error: Why its tokens are no tune; empty if they are one. Then the others tell.
        bars: Whether every bar is as long as the meter says, or shorter at the
            beginning or the end of a part.
        beat: Whether shorter bars also make whole ones when the tune is played, the
            last of a part with the first of the next.
        repeats: Whether each repeat that begins also ends, and endings are numbered.
        in_key: The share of its time that is spent on the scale of its key.
        as_asked: Whether meter and key are those that were asked for, and stay.
    """

    error: str
    bars: bool = False
    beat: bool = False
    repeats: bool = False
    in_key: float = 0.0
    as_asked: bool = False

    @property
    def well_formed(self) -> bool:
        """Whether bars add up, repeats close, and meter and key are obeyed.

        Of its time, nine tenths have to be on the scale; `beat` is not asked for.
        """
        return (
            not self.error
            and self.bars
            and self.repeats
            and self.in_key >= IN_KEY
            and self.as_asked
        )


def check_tune(tune: Tune, meter: str | None = None, key: str | None = None) -> Check:
    """Checks whether a tune is well formed.

    Args:
        tune: The tune; its tokens may be anything.
        meter: The meter that was asked for, such as `"6/8"`.
        key: The key that was asked for, such as `"Dmaj"`.

    Returns:
        A `Check`.

    Examples:
        >>> from keras_gated.datasets import tunes
        >>> tune = tunes.Tune("M:3/4 K:Gmaj |: G 2 B 2 d 2 | G 4 z 2 :|".split())
        >>> check = tunes.check_tune(tune, meter="3/4")
        >>> check.bars, check.repeats, check.in_key, check.well_formed
        (True, True, 1.0, True)
        >>> tunes.check_tune(tunes.Tune(["M:3/4", "K:Gmaj", "2"])).error
        "token 2: length of nothing, '2'"
    """
    try:
        items = read_items(tune.tokens)
        own_meter, own_key = header(tune.tokens)
    except AbcError as error:
        return Check(str(error))
    if not any(isinstance(item, Sound) and item.pitches for item in items):
        return Check("no notes")
    changes = [token for token in tune.tokens if token[:3] in ("[M:", "[K:")]
    asked = meter in (None, own_meter) and key in (None, own_key)
    unchanged = not (meter or key) or not changes
    return Check(
        error="",
        bars=all(measure.adds_up for measure in measures(items, own_meter)),
        beat=keeps_beat(measures(play(items), own_meter)),
        repeats=repeats_close(items),
        in_key=_share_in_key(items, own_key),
        as_asked=asked and unchanged,
    )


def _share_in_key(items: Sequence[Item], key: str) -> float:
    notes = scale(key)
    inside = total = 0
    for item in items:
        if isinstance(item, Key):
            notes = scale(item.key)
        elif isinstance(item, Sound):
            for pitch in item.pitches:
                total += item.duration
                inside += item.duration * (pitch % 12 in notes)
    return inside / total
