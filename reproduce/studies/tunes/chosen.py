"""What the report is of: the trials that validation chooses, and their tunes."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from reproduce.record import Record
from reproduce.studies.tunes.judging import COUNTS, FLAGS, NUMBERS
from reproduce.studies.tunes.training import DISTANCES
from reproduce.studies.tunes.trial import Trial
from reproduce.study import Results
from reproduce.task import Array
from reproduce.training.left import load_left

Model = tuple[str, str]
"""Vocabulary and unit."""


@dataclass(frozen=True, eq=False)
class Tunes:
    """Tunes of one origin, judged.

    Args:
        judged: What `judging.judge` gives, a table for each seed.
        distances: What `judging.distances` gives, for each seed.
    """

    judged: list[pd.DataFrame] = field(default_factory=list)
    distances: list[Array] = field(default_factory=list)

    def of(self, column: str) -> list[Array]:
        """The values of a column for each seed, without those that are missing."""
        return [table[column].dropna().to_numpy(float) for table in self.judged]

    def share(self, column: str) -> float:
        """The mean of a column, seeds counting alike; NaN if it has no value."""
        values = [found.mean() for found in self.of(column) if found.size]
        return float(np.mean(values)) if values else np.nan


@dataclass(frozen=True, eq=False)
class Evidence:
    """The tunes of a data set.

    Args:
        dataset: Its name.
        models: The tunes that models wrote; those whose tunes lie here.
        beside: Held-out tunes and those of the n-gram, by `names.HELD_OUT` and
            `names.NGRAM`.
    """

    dataset: str
    models: dict[Model, Tunes]
    beside: dict[str, Tunes]


def chosen_records(results: Results) -> list[Record]:
    """Of the learning rates of each model and seed the one that validation chooses."""
    best: dict[str, Record] = {}
    for record in results.records:
        nats, name = record.score("nll", "valid"), record.trial.competition
        if np.isfinite(nats) and (
            name not in best or nats < best[name].score("nll", "valid")
        ):
            best[name] = record
    return list(best.values())


def evidence_of(results: Results) -> Iterator[Evidence]:
    """The tunes of each data set."""
    records = chosen_records(results)
    for dataset in dict.fromkeys(record.trial.dataset for record in records):
        models: dict[Model, Tunes] = {}
        for record in records:
            trial = record.trial
            assert isinstance(trial, Trial)
            left = load_left(trial, results.folder)
            if trial.dataset != dataset or DISTANCES not in left:
                continue
            tunes = models.setdefault((trial.encoding, trial.unit), Tunes())
            columns = {name: left[name][0] for name in (*FLAGS, *NUMBERS)}
            tunes.judged.append(pd.DataFrame(columns))
            tunes.distances.append(left[DISTANCES][0])
        yield Evidence(dataset, models, _beside(results, dataset))


def _beside(results: Results, dataset: str) -> dict[str, Tunes]:
    return {
        baseline["name"]: Tunes(
            [pd.DataFrame(baseline["judged"]).astype(float)],
            [np.array([baseline["distances"][name] for name in COUNTS], float)],
        )
        for baseline in results.baselines
        if baseline["dataset"] == dataset
    }
