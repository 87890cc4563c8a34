"""The trials of the study: rows of the table, or cells of the search."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reproduce.record import Record
from reproduce.studies.jozefowicz2015.data import StreamTask
from reproduce.studies.jozefowicz2015.evolution import search
from reproduce.studies.jozefowicz2015.measures import measure_of
from reproduce.studies.jozefowicz2015.names import (
    ARITHMETIC,
    COPYING,
    MEMORIZATION,
    MUSIC,
)
from reproduce.studies.jozefowicz2015.options import Options
from reproduce.studies.jozefowicz2015.scores import validation_score
from reproduce.studies.jozefowicz2015.sizes import EMBEDDED, graph_units, units_for
from reproduce.studies.jozefowicz2015.trial import RATES, Trial
from reproduce.task import Task

UPDATES, FULL_UPDATES = 40_000, 200_000
OF_ARITHMETIC, FULL_OF_ARITHMETIC = 160_000, 320_000
QUICK = 60
WINDOW = 25
"""Steps of an update. Of as much text longer ones learn no more, in more time."""

PART = 100
"""Steps of the parts of pieces of music."""

EPOCHS, WITH_DROPOUT = {"nottingham": 25, "piano_midi_de": 30}, 3
"""On music, and how many times as many with dropout. Without it more only overfit: of a
GRU on Nottingham, 40 epochs came to 3.454 on validation in the 17th, 25 to 3.427 in the
19th. With 0.2 they came to 3.645 at their end."""

MEASURED, QUICK_EPOCHS = 20, 2
"""How often a trial on streams is measured, and the epochs of any that is quick."""

DROPOUT = 0.2
"""Of music, where what is trained is to be full."""

OF_COPYING = {"copying_100": 5000, "copying_500": 6000}
OF_SEARCH = {MEMORIZATION: 1500, "arithmetic_2": 2000}


def plan(
    options: Options, dataset: str, task: Task, known: Sequence[Record] = ()
) -> list[Trial]:
    """The trials on a task.

    Raises:
        ValueError: If dropout is asked for on what has none, or a search that cannot
            be made.
    """
    if any(options.dropout) and dataset not in MUSIC:
        raise ValueError(
            f"Only models of music have dropout. Received --dropout "
            f"{' '.join(map(str, options.dropout))} for {dataset}: name "
            f"--dataset {' '.join(MUSIC)}, or leave --dropout out."
        )
    if options.search:
        return list(_of_search(options, dataset, task, known))
    return list(_of_table(options, dataset, task, known))


def _of_table(
    options: Options, dataset: str, task: Task, known: Sequence[Record]
) -> Iterator[Trial]:
    """Every rate with the first seed, then each row at its best with the others."""

    def trial_of(row: str, dropout: float, candidate: int, seed: int) -> Trial:
        return Trial(
            **_common(options, dataset, task, dropout),
            seed=seed,
            candidate=candidate,
            unit=row,
            dropout=dropout,
            units=units_for(
                row, _features(task), task.output_size, parameters_of(options, task)
            ),
            learning_rate=RATES[candidate],
        )

    first, *others = options.seeds
    by_row = {
        (row, dropout): [
            trial_of(row, dropout, candidate, first)
            for candidate in range(options.rates)
        ]
        for dropout in dropouts_of(options, dataset)
        for row in options.units
    }
    for at_rate in zip(*by_row.values(), strict=True):
        yield from at_rate
    scores = {record.name: validation_score(record) for record in known}
    for seed in others:
        for row, trials in by_row.items():
            best = _best_of(trials, scores)
            if best is not None:
                yield trial_of(*row, best.candidate, seed)


def _best_of(trials: Sequence[Trial], scores: Mapping[str, float]) -> Trial | None:
    """The trial with the best score, the only one without; none before all have one."""
    if len(trials) == 1:
        return trials[0]
    if any(trial.name not in scores for trial in trials):
        return None
    best = measure_of(trials[0].dataset).best(scores[trial.name] for trial in trials)
    return next(trial for trial in trials if scores[trial.name] == best)


def _of_search(
    options: Options, dataset: str, task: Task, known: Sequence[Record]
) -> Iterator[Trial]:
    for wanted in search(
        children=options.search,
        settings=options.rates,
        seed=options.seeds[0],
        tasks=tuple(options.dataset),
        known=known,
    ):
        if wanted.dataset == dataset:
            graph = wanted.cell.graph
            yield Trial(
                **_common(options, dataset, task),
                seed=options.seeds[0],
                candidate=wanted.setting,
                unit=wanted.cell.name,
                units=graph_units(
                    graph,
                    _features(task),
                    task.output_size,
                    parameters_of(options, task),
                ),
                graph=graph.to_json(),
                parent=wanted.cell.parent,
                **wanted.settings,
            )


def _common(
    options: Options, dataset: str, task: Task, dropout: float = 0.0
) -> dict[str, Any]:
    epochs = epochs_of(options, dataset, dropout)
    return {
        "dataset": dataset,
        **task.identity,
        "backend": options.backend,
        "max_epochs": epochs,
        "patience": options.patience or epochs,
        "updates": updates_of(options, dataset),
        "window": window_of(options, dataset, task),
        "curriculum": options.curriculum * dataset.startswith(ARITHMETIC),
    }


def epochs_of(options: Options, dataset: str, dropout: float) -> int:
    """The epochs of a trial; on streams the times that it is measured."""
    if options.epochs or options.quick:
        return options.epochs or QUICK_EPOCHS
    return EPOCHS.get(dataset, MEASURED) * (WITH_DROPOUT if dropout else 1)


def window_of(options: Options, dataset: str, task: Any) -> int:
    """The steps of an update, or of a part of a piece of music."""
    if dataset.startswith(COPYING):
        steps: int = task.window
    elif dataset in MUSIC:
        steps = options.window or PART
    else:
        steps = options.window or (task.window if options.search else WINDOW)
    return steps


def dropouts_of(options: Options, dataset: str) -> tuple[float, ...]:
    """The shares of dropout with each of which a row is trained."""
    by_default = (0.0, DROPOUT) if options.full and dataset in MUSIC else (0.0,)
    return options.dropout or by_default


def updates_of(options: Options, dataset: str) -> int:
    """The updates of a model; 0 on music, where the epochs count."""
    if dataset in MUSIC:
        return 0
    if options.updates or options.quick:
        return options.updates or QUICK
    if options.search:
        return OF_SEARCH.get(dataset, OF_SEARCH["arithmetic_2"])
    if dataset in OF_COPYING:
        return OF_COPYING[dataset] * (5 if options.full else 1)
    if dataset.startswith(ARITHMETIC):
        return FULL_OF_ARITHMETIC if options.full else OF_ARITHMETIC
    return FULL_UPDATES if options.full else UPDATES


def parameters_of(options: Options, task: Task) -> int:
    """Weights of a model, but for the vectors and the head of words.

    These are most of what such a model has, and the same for all rows but for the
    units.
    """
    if _is_words(task):
        return options.parameters + task.output_size * EMBEDDED
    return options.parameters


def _features(task: Task) -> int:
    return EMBEDDED if _is_words(task) else task.input_size


def _is_words(task: Task) -> bool:
    return isinstance(task, StreamTask) and task.is_words
