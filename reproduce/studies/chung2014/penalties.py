"""Penalties on the weights, compared: kinds, strengths and rates, alike for all units.

The search finds that a penalty on both kernels of the recurrent layer helps; this tells
how. Plain L2 is part of the gradient, which Adam divides by its size; decoupled decay
is not. All else is the same, from where the search starts.
"""

from dataclasses import replace

from reproduce.studies.chung2014.models import make_trial
from reproduce.studies.chung2014.options import Options
from reproduce.studies.chung2014.paper import SPEECH
from reproduce.studies.chung2014.recipe import Recipe
from reproduce.studies.chung2014.search import recipe_of, starts_of
from reproduce.studies.chung2014.trial import PENALTIES_COMPARED, Trial
from reproduce.task import Task

ARM = "table1"

L2 = (1e-4, 3e-4, 1e-3)
DECOUPLED = (1e-2, 1e-1, 3e-1)

PENALTIES = ((0.0, 0.0), *((l2, 0.0) for l2 in L2), *((0.0, d) for d in DECOUPLED))
"""The L2 penalty and the decoupled decay: neither, and three strengths of each."""

RATES_ON_MUSIC = (6e-3, 1.5e-2, 3e-2, 6e-2)
RATES_ON_SPEECH = (2e-3, 5e-3, 1.2e-2, 3e-2)

EPOCHS_ON_MUSIC, EPOCHS_ON_SPEECH = 40, 4


def penalty_trials(options: Options, dataset: str, task: Task) -> list[Trial]:
    """Every penalty at every rate, for each unit; the first rate of all comes first."""
    is_speech = dataset in SPEECH
    epochs = options.epochs or (EPOCHS_ON_SPEECH if is_speech else EPOCHS_ON_MUSIC)
    rates = RATES_ON_SPEECH if is_speech else RATES_ON_MUSIC
    ways = [(rate, *penalty) for rate in rates for penalty in PENALTIES]
    return [
        make_trial(
            protocol=PENALTIES_COMPARED,
            arm=ARM,
            dataset=dataset,
            task=task,
            unit=unit,
            seed=seed,
            backend=options.backend,
            candidate=candidate,
            learning_rate=rate,
            max_epochs=epochs,
            # The rate falls until the end: who stops before has not seen the low ones.
            patience=options.patience or epochs,
            recipe=replace(_base(dataset), l2=l2, weight_decay=decay),
        )
        for seed in options.seeds
        for candidate, (rate, l2, decay) in enumerate(ways)
        for unit in options.units
    ]


def _base(dataset: str) -> Recipe:
    return recipe_of(dataset, starts_of(dataset)[0])
