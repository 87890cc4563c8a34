"""The trials of the study: every model of the rows that are asked for."""

from collections.abc import Sequence

from reproduce.record import Record
from reproduce.studies.karpathy2015.options import Options
from reproduce.studies.karpathy2015.sizes import units_for
from reproduce.studies.karpathy2015.trial import Trial
from reproduce.task import Task

TANH_ROWS = (64, 128, 256)
"""The paper has no tanh units in its largest row."""


def plan(
    options: Options, dataset: str, task: Task, known: Sequence[Record] = ()
) -> list[Trial]:
    """The trials on a text, small models first."""
    return [
        Trial(
            dataset=dataset,
            **task.identity,
            candidate=0,
            seed=seed,
            backend=options.backend,
            max_epochs=options.most_epochs,
            patience=options.patience or options.most_epochs,
            protocol=options.protocol,
            unit=unit,
            layers=layers,
            row=row,
            units=units_for(unit, layers, row, task.input_size),
        )
        for row in options.table_rows
        for seed in options.seeds
        for layers in options.depths
        for unit in options.units
        if unit != "tanh" or row in TANH_ROWS
    ]
