"""The trials of the study: rows of the table, or cells of the search."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reproduce.record import Record
from reproduce.studies.jozefowicz2015.evolution import search
from reproduce.studies.jozefowicz2015.names import ARITHMETIC, COPYING, MEMORIZATION
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

OF_COPYING = {"copying_100": 5000, "copying_500": 2000}
OF_SEARCH = {MEMORIZATION: 1000, "arithmetic_2": 2000}


def plan(
    options: Options, dataset: str, task: Task, known: Sequence[Record] = ()
) -> list[Trial]:
    """The trials on a task."""
    if options.search:
        return list(_of_search(options, dataset, task, known))
    return list(_of_table(options, dataset, task, known))


def _of_table(
    options: Options, dataset: str, task: Task, known: Sequence[Record]
) -> Iterator[Trial]:
    """Every rate with the first seed, then each row at its best with the others."""
    common = _common(options, dataset, task)

    def trial_of(row: str, candidate: int, seed: int) -> Trial:
        return Trial(
            **common,
            seed=seed,
            candidate=candidate,
            unit=row,
            units=units_for(
                row, _features(task), task.output_size, parameters_of(options, task)
            ),
            learning_rate=RATES[candidate],
        )

    first, *others = options.seeds
    by_row = {
        row: [trial_of(row, candidate, first) for candidate in range(options.rates)]
        for row in options.units
    }
    for at_rate in zip(*by_row.values(), strict=True):
        yield from at_rate
    scores = {record.name: validation_score(record) for record in known}
    for seed in others:
        for row, trials in by_row.items():
            best = _best_of(trials, scores)
            if best is not None:
                yield trial_of(row, best.candidate, seed)


def _best_of(trials: Sequence[Trial], scores: Mapping[str, float]) -> Trial | None:
    """The trial with the best score, the only one without; none before all have one."""
    if len(trials) == 1:
        return trials[0]
    if any(trial.name not in scores for trial in trials):
        return None
    return max(trials, key=lambda trial: scores[trial.name])


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


def _common(options: Options, dataset: str, task: Any) -> dict[str, Any]:
    epochs = options.epochs_of_trial
    is_copying = dataset.startswith(COPYING)
    window = task.window if options.search else WINDOW
    return {
        "dataset": dataset,
        **task.identity,
        "backend": options.backend,
        "max_epochs": epochs,
        "patience": options.patience or epochs,
        "updates": updates_of(options, dataset),
        "window": task.window if is_copying else options.window or window,
        "curriculum": options.curriculum * dataset.startswith(ARITHMETIC),
    }


def updates_of(options: Options, dataset: str) -> int:
    """The updates of a model."""
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
    return EMBEDDED if _is_words(task) else task.output_size


def _is_words(task: Any) -> bool:
    is_words: bool = task.is_words
    return is_words
