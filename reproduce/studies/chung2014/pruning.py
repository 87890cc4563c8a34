"""Which trials of a search are worth training to their end."""

import math
from collections.abc import Sequence
from statistics import median

from reproduce.record import Record

SHARE = 1 / 3
"""Of its epochs after which a trial is judged: cosine schedules are high until then."""


def look_at(max_epochs: int) -> int:
    """The epoch after which a trial is judged."""
    return max(1, round(SHARE * max_epochs))


def median_by_then(records: Sequence[Record]) -> float:
    """What the middle one of these trials had reached when it would have been judged.

    Args:
        records: Of finished trials, whether they were trained to their end or not.

    Returns:
        A validation NLL; infinity if the middle one had none, or there are no trials.
    """
    reached = [_reached(record) for record in records]
    return median(reached) if reached else math.inf


def _reached(record: Record) -> float:
    """The best validation NLL by the epoch after which a trial is judged."""
    scores = record.history["valid_nll"][: look_at(record.trial.max_epochs)]
    return min((s for s in scores if not math.isnan(s)), default=math.inf)
