"""A search for how each unit is trained best, the same for all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from reproduce.record import Record
from reproduce.spaces import Draw, Sampler, draw_next
from reproduce.studies.chung2014.models import make_trial
from reproduce.studies.chung2014.options import Options
from reproduce.studies.chung2014.paper import SPEECH
from reproduce.studies.chung2014.pruning import pruned
from reproduce.studies.chung2014.recipe import Recipe, base_of
from reproduce.studies.chung2014.trial import SEARCHED, Trial
from reproduce.task import Task

ARM = "table1"

ROUND = 8
"""Trials of a model that are drawn together, from the results of those before."""

RANDOM_ROUNDS = 1
"""Rounds before the sampler learns from results; the first of them has `STARTS`."""

PATIENCE = 25

COMMON: dict[str, BaseDistribution] = {
    "learning_rate": FloatDistribution(1e-3, 1e-1, log=True),
    "batch_size": CategoricalDistribution((4, 8, 16)),
    "noise": CategoricalDistribution(("none", "fixed", "learned")),
    "weight_noise": FloatDistribution(0.01, 0.15, log=True),
    "l2": FloatDistribution(1e-6, 1e-3, log=True),
    "decay": CategoricalDistribution(("none", "l2", "decoupled")),
    "weight_decay": FloatDistribution(1e-3, 1.0, log=True),
    "dropout": FloatDistribution(0.0, 0.3, step=0.1),
    "averaging": CategoricalDistribution((0.0, 0.99, 0.998)),
}
LONG_PIECES = {
    "window": CategoricalDistribution((100, 200, 400)),
    "epochs": IntDistribution(30, 100, log=True),
}
CHORALES = {
    "window": CategoricalDistribution((0,)),
    "epochs": IntDistribution(20, 200, log=True),
}
WAVEFORMS = {
    "window": CategoricalDistribution((50, 100, 200)),
    "epochs": IntDistribution(4, 8),
}

START: Draw = {
    "batch_size": 8,
    "noise": "fixed",
    "weight_noise": 0.03,
    "l2": 1e-4,
    "weight_decay": 0.1,
    "dropout": 0.0,
}
"""What all starts have in common; of the two penalties each uses one."""

STARTS_ON_MUSIC: tuple[Draw, ...] = tuple(
    {**START, "averaging": 0.998, "epochs": 60, "learning_rate": rate, **penalty}
    for rate, penalty in (
        (6e-3, {"decay": "l2"}),
        (1.5e-2, {"decay": "decoupled"}),
        (3e-2, {"decay": "decoupled"}),
        (3e-2, {"decay": "l2", "l2": 3e-4}),
    )
)
STARTS_ON_SPEECH: tuple[Draw, ...] = tuple(
    {**START, "averaging": 0.99, "epochs": 6, "learning_rate": rate, **penalty}
    for rate, penalty in (
        (2e-3, {"decay": "none"}),
        (5e-3, {"decay": "l2", "l2": 1e-5}),
        (5e-3, {"decay": "decoupled"}),
    )
)


def starts_of(dataset: str) -> list[Draw]:
    """Where every search begins: what trained some unit well before there was one."""
    if dataset in SPEECH:
        return [{**start, "window": 100} for start in STARTS_ON_SPEECH]
    window = 0 if dataset == "jsb_chorales" else 200
    return [{**start, "window": window} for start in STARTS_ON_MUSIC]


def space_of(dataset: str) -> dict[str, BaseDistribution]:
    """Where the settings of a data set are searched."""
    if dataset == "jsb_chorales":
        return COMMON | CHORALES
    return COMMON | (WAVEFORMS if dataset in SPEECH else LONG_PIECES)


def search(
    options: Options, dataset: str, task: Task, known: Sequence[Record]
) -> list[Trial]:
    """The trials that are known by now: whole rounds, and the next one.

    A round is drawn from the validation scores of those before it, so that each machine
    draws the same; where one of its trials failed, the search waits. With `--prune`
    the trials of a round end early by what those of the rounds before had reached.
    """
    by_name = {record.name: record for record in known}
    return [
        trial
        for seed in options.seeds
        for unit in options.units
        for trial in _of_unit(options, dataset, task, unit, seed, by_name)
    ]


def _of_unit(
    options: Options,
    dataset: str,
    task: Task,
    unit: str,
    seed: int,
    known: Mapping[str, Record],
) -> list[Trial]:
    space = space_of(dataset)
    tried: list[tuple[Draw, float]] = []
    trials: list[Trial] = []
    finished: list[Record] = []
    while len(tried) == len(trials) < options.search:
        count = min(ROUND, options.search - len(trials))
        sampler: Sampler = "random" if len(tried) < RANDOM_ROUNDS * ROUND else "tpe"
        drawn = starts_of(dataset)[len(trials) : len(trials) + count]
        drawn += draw_next(space, sampler, seed, tried, count - len(drawn))
        new = [
            make_trial(
                protocol=SEARCHED,
                arm=ARM,
                dataset=dataset,
                task=task,
                unit=unit,
                seed=seed,
                backend=options.backend,
                candidate=len(trials) + place,
                learning_rate=settings["learning_rate"],
                max_epochs=options.epochs or settings["epochs"],
                patience=options.patience or PATIENCE,
                recipe=recipe_of(dataset, settings),
            )
            for place, settings in enumerate(drawn)
        ]
        trials += pruned(new, finished) if options.prune else new
        for settings, trial in zip(drawn, new, strict=True):
            if trial.name in known:
                finished.append(known[trial.name])
                tried.append((settings, finished[-1].score("nll", "valid")))
    return trials


def recipe_of(dataset: str, settings: Draw) -> Recipe:
    """How a network with drawn settings is trained."""
    chosen: dict[str, Any] = {
        "batch_size": settings["batch_size"],
        "window": settings["window"],
        "averaging": settings["averaging"],
        "dropout": settings["dropout"],
        "weight_noise": 0.0
        if settings["noise"] == "none"
        else settings["weight_noise"],
        "learned_noise": settings["noise"] == "learned",
        "l2": settings["l2"] * (settings["decay"] == "l2"),
        "weight_decay": settings["weight_decay"] * (settings["decay"] == "decoupled"),
    }
    return replace(base_of(dataset), **chosen)
