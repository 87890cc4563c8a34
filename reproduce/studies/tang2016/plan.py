"""The trials of the study."""

from collections.abc import Sequence

from reproduce.record import Record
from reproduce.studies.tang2016.names import FRAMES, objective_of
from reproduce.studies.tang2016.options import Options
from reproduce.studies.tang2016.sizes import units_for
from reproduce.studies.tang2016.trial import Trial
from reproduce.task import Task

LEARNING_RATE = {"lstm": 4e-3, "gru": 4e-3, "tanh": 1e-3}
DROPOUT = 0.2


def plan(
    options: Options, dataset: str, task: Task, known: Sequence[Record] = ()
) -> list[Trial]:
    """The trials on a data set; shortcuts where every frame has its phone."""
    return [
        Trial(
            dataset=dataset,
            **task.identity,
            candidate=0,
            seed=seed,
            backend=options.backend,
            max_epochs=options.most_epochs,
            patience=options.patience or options.most_epochs,
            unit=unit,
            layers=options.layers,
            units=units_for(
                unit,
                options.row,
                options.layers,
                2 if direction == "both" else 1,
                task.input_size,
                task.output_size,
            ),
            direction=direction,
            shortcuts=shortcuts,
            learning_rate=LEARNING_RATE[unit],
            dropout=DROPOUT,
        )
        for seed in options.seeds
        for direction in options.directions
        for shortcuts in (False, True)
        for unit in options.units
        if not shortcuts or _has_shortcuts(options, dataset, unit, direction)
    ]


def _has_shortcuts(options: Options, dataset: str, unit: str, direction: str) -> bool:
    is_gated = unit in ("lstm", "gru")
    one_way = direction == "forward" and objective_of(dataset) == FRAMES
    return is_gated and one_way and options.layers > 1
