"""The trials of the study: every unit with every vocabulary, all treated alike."""

import math
from collections.abc import Sequence
from dataclasses import replace

from reproduce.record import Record
from reproduce.studies.tunes.data import TuneTask
from reproduce.studies.tunes.options import Options
from reproduce.studies.tunes.sizes import units_for
from reproduce.studies.tunes.trial import Trial
from reproduce.task import Task

PATIENCE = 10


def plan(
    options: Options, dataset: str, task: Task, known: Sequence[Record] = ()
) -> list[Trial]:
    """The trials on a data set.

    The first seed has all learning rates. The other seeds have the one that validation
    then chooses, for each unit and vocabulary by itself.
    """
    assert isinstance(task, TuneTask)
    records = {record.name: record for record in known}
    planned = []
    for vocabulary in options.vocabularies:
        coded = task.in_vocabulary(vocabulary)
        for unit in options.units:
            rates = _with_rates(options, dataset, coded, unit)
            planned += rates
            if all(trial.name in records for trial in rates):
                best = min(rates, key=lambda trial: _valid(records[trial.name]))
                planned += [replace(best, seed=seed) for seed in options.seeds[1:]]
    return planned


def _with_rates(
    options: Options, dataset: str, task: TuneTask, unit: str
) -> list[Trial]:
    return [
        Trial(
            dataset=dataset,
            **task.identity,
            candidate=candidate,
            seed=options.seeds[0],
            backend=options.backend,
            max_epochs=options.most_epochs,
            patience=options.patience or PATIENCE,
            unit=unit,
            layers=options.depth,
            row=options.lstm_units,
            units=units_for(unit, options.depth, options.lstm_units, task.input_size),
            dropout=options.dropout,
            learning_rate=rate,
            samples=options.count,
            temperature=options.temperature,
            top_p=options.top_p,
        )
        for candidate, rate in enumerate(options.rates)
    ]


def _valid(record: Record) -> float:
    nats = record.score("nll", "valid")
    return math.inf if math.isnan(nats) else nats
