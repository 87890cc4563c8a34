"""Why characters are predicted badly: errors that oracles remove, one after another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from reproduce.studies.karpathy2015.analysis.bootstrap import share_interval
from reproduce.studies.karpathy2015.analysis.oracles import (
    NEVER,
    RIGHT,
    Oracle,
    all_oracles,
)
from reproduce.studies.karpathy2015.analysis.streams import Array, checked

NO_ERROR = -1


@dataclass(frozen=True, eq=False)
class ErrorTree:
    """The errors of a model, each with the oracle that removed it.

    Args:
        oracles: In the order in which they were asked.
        causes: For each character the number of the first oracle that knows it, the
            number of oracles if none does, and `NO_ERROR` where there is no error.
    """

    oracles: tuple[Oracle, ...]
    causes: Array

    @property
    def errors(self) -> int:
        """Number of errors."""
        return int((self.causes != NO_ERROR).sum())

    @cached_property
    def by_stream(self) -> Array:
        """Errors of each stream by oracle, `(streams, oracles + 1)`."""
        kinds = range(len(self.oracles) + 1)
        return np.stack([(self.causes == kind).sum(axis=1) for kind in kinds], axis=1)

    def table(self) -> pd.DataFrame:
        """What each setting of each oracle removes, and what is left in the end.

        Returns:
            A row for each setting, and one with the setting `"all"` for each oracle.
            `share` is of all errors; `low` and `high` are the ends of the interval of
            95 % over the streams, which shows the noise of the text and no other.
        """
        rows = []
        for number, oracle in enumerate(self.oracles):
            removed = self.causes == number
            for setting, name in enumerate(oracle.settings):
                here = removed & (oracle.first == setting)
                rows.append(self._row(oracle.name, name, here.sum(axis=1)))
            rows.append(self._row(oracle.name, ALL, removed.sum(axis=1)))
        left = self.causes == len(self.oracles)
        rows.append(self._row(REST, ALL, left.sum(axis=1)))
        return pd.DataFrame(rows)

    def _row(self, oracle: str, setting: str, removed: Array) -> dict[str, object]:
        total = self.by_stream.sum(axis=1)
        low, high = share_interval(removed, total)
        return {
            "oracle": oracle,
            "setting": setting,
            "errors": int(removed.sum()),
            "share": removed.sum() / max(total.sum(), 1),
            "low": low,
            "high": high,
        }


ALL = "all"
REST = "nothing"


def error_tree(
    streams: Array,
    probabilities: Array,
    ngrams: Array,
    counts: Mapping[bytes, int],
) -> ErrorTree:
    """Asks the paper's oracles in the paper's order about the errors of a model.

    An error is a character with a probability below 0.5. The oracles are n-grams that
    give more than 0.5, a memory for words, rare words, the first character of a word,
    punctuation, and more probability.

    Args:
        streams: The text, `(streams, steps + 1)` bytes.
        probabilities: Of the right characters by the model, `(streams, steps)`.
        ngrams: By models that see 1, 2, ... characters, `(models, streams, steps)`.
        counts: How often training has each word.

    Raises:
        ValueError: If the arrays do not fit each other.

    Reference:
        Karpathy, Johnson and Li 2015 (arXiv:1506.02078), section 4.4.
    """
    text, values = checked(streams, probabilities)
    ngrams = np.asarray(ngrams)
    if ngrams.ndim != 3 or not len(ngrams) or ngrams.shape[1:] != values.shape:
        raise ValueError(
            "ngrams must be probabilities (models, streams, steps), of the streams and "
            f"steps {values.shape}. Received the shape {ngrams.shape}."
        )
    return removed_by(values, all_oracles(text, values, ngrams, counts))


def removed_by(probabilities: Array, oracles: Sequence[Oracle]) -> ErrorTree:
    """Gives each error to the first oracle that knows it."""
    left = probabilities < RIGHT
    causes = np.where(left, len(oracles), NO_ERROR)
    for number, oracle in enumerate(oracles):
        knows = left & (oracle.first != NEVER)
        causes[knows] = number
        left &= ~knows
    return ErrorTree(tuple(oracles), causes)
