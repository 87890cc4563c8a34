"""Which trials of a search are worth training to their end."""

import math
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from reproduce.record import Record
from reproduce.studies.chung2014.trial import Trial

SHARE = 1 / 3
"""Of its epochs after which a trial is judged: cosine schedules are high until then."""


def look_at(max_epochs: int) -> int:
    """The epoch after which a trial is judged."""
    return max(1, round(SHARE * max_epochs))


def pruned(trials: Sequence[Trial], finished: Sequence[Record]) -> list[Trial]:
    """Trials that end early unless they do better than most have done by then.

    Args:
        trials: Those of the next round.
        finished: What those before came to, trained to their end or not.

    Returns:
        The trials, judged by the middle one of those before; as they are if that one
        had no score, or there are none.
    """
    border = median(map(_reached, finished)) if finished else math.inf
    if math.isinf(border):
        return list(trials)
    return [
        replace(trial, prune_epoch=look_at(trial.max_epochs), prune_above=border)
        for trial in trials
    ]


def _reached(record: Record) -> float:
    """The best validation NLL by the epoch after which a trial is judged."""
    scores = record.history["valid_nll"][: look_at(record.trial.max_epochs)]
    return min((s for s in scores if not math.isnan(s)), default=math.inf)
