"""What rows are compared by."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from reproduce.studies.jozefowicz2015.names import (
    ALL_SYMBOLS,
    ARITHMETIC,
    COPYING,
    KNOWN,
    MEMORIZATION,
    MUSIC,
)

KEYS = 88
"""Of a piano."""


@dataclass(frozen=True)
class Measure:
    """A score of trained models.

    Args:
        name: Its name in records.
        title: Its name for readers.
        worst: What a trial has that diverged, and any that did no better: the score of
            who knows nothing.
        matters: A difference that matters.
        is_less_better: Whether the best score is the least.
    """

    name: str
    title: str
    worst: float
    matters: float
    is_less_better: bool = False

    def best(self, scores: Iterable[float]) -> float:
        """The best of scores."""
        return min(scores) if self.is_less_better else max(scores)

    def counted(self, score: float) -> float:
        """A score as it counts: no worse than the worst, nor NaN."""
        return self.worst if math.isnan(score) else self.best((score, self.worst))


ACCURACY = Measure(ALL_SYMBOLS, "accuracy", worst=0.0, matters=0.01)
KNOWN_ACCURACY = Measure(KNOWN, "accuracy", worst=0.0, matters=0.01)
NLL = Measure(
    "nll",
    "NLL in nats per step",
    worst=KEYS * math.log(2),
    matters=0.05,
    is_less_better=True,
)
"""Who knows nothing has each key down with probability 1/2."""


def measure_of(dataset: str) -> Measure:
    """What the rows of a task are compared by.

    The paper's accuracies of arithmetic can be only those of what can be known; on XML
    they can't.
    """
    if dataset in MUSIC:
        return NLL
    is_by_known = dataset.startswith((ARITHMETIC, COPYING)) or dataset == MEMORIZATION
    return KNOWN_ACCURACY if is_by_known else ACCURACY
