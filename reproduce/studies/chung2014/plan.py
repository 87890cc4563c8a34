"""The trials of the study: every unit, arm, protocol, seed and learning rate."""

from collections.abc import Sequence
from dataclasses import replace

from reproduce.record import Record
from reproduce.studies.chung2014.models import make_trial
from reproduce.studies.chung2014.options import ARMS, Options
from reproduce.studies.chung2014.paper import draw_learning_rates
from reproduce.studies.chung2014.penalties import penalty_trials
from reproduce.studies.chung2014.protocols import PROTOCOLS, Budget
from reproduce.studies.chung2014.search import search
from reproduce.studies.chung2014.trial import Trial
from reproduce.task import Task


def plan(
    options: Options, dataset: str, task: Task, known: Sequence[Record] = ()
) -> list[Trial]:
    """The trials on a data set; of each protocol those of the first rate first.

    Raises:
        ValueError: If trials are to be pruned that are no search.
    """
    if options.prune and not options.search:
        raise ValueError(
            "Only the trials of a search are pruned. Received --prune without "
            "--search: name the number of trials with --search, or leave --prune out."
        )
    if options.search:
        return search(options, dataset, task, known)
    if options.penalties:
        return penalty_trials(options, dataset, task)
    return [
        trial
        for protocol in options.protocol
        for trial in _of_protocol(protocol, options, dataset, task)
    ]


def _of_protocol(name: str, options: Options, dataset: str, task: Task) -> list[Trial]:
    protocol = PROTOCOLS[name]
    models = [
        (arm, unit)
        for arm in options.arms
        for unit in ARMS[arm]
        if unit in options.units
    ]
    ranked: list[tuple[int, Trial]] = []
    for seed in options.seeds:
        for arm, unit in models:
            recipe = protocol.recipes[dataset, unit]
            budget = _cut(protocol.budget(dataset, unit, options.full), options)
            rates = draw_learning_rates(
                budget.trials, seed, recipe.log_rate_range, recipe.candidates
            )
            for rank, (candidate, rate) in enumerate(rates.items()):
                trial = make_trial(
                    protocol=name,
                    arm=arm,
                    dataset=dataset,
                    task=task,
                    unit=unit,
                    candidate=candidate,
                    learning_rate=rate,
                    seed=seed,
                    backend=options.backend,
                    max_epochs=budget.max_epochs,
                    patience=budget.patience,
                    recipe=recipe,
                )
                ranked.append((rank, trial))
    return [trial for _, trial in sorted(ranked, key=lambda pair: pair[0])]


def _cut(budget: Budget, options: Options) -> Budget:
    """A budget with what the options say otherwise."""
    return replace(
        budget,
        trials=options.trials or budget.trials,
        max_epochs=options.epochs or budget.max_epochs,
        patience=options.patience or budget.patience,
    )
