"""How a model is trained: by the paper, by its authors' code, and by what we found.

Why each choice was made is in docs/reproducing.md.
"""

import math
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import TypeVar

from reproduce.studies.chung2014.found import FOUND
from reproduce.studies.chung2014.paper import (
    CANDIDATES,
    DATASETS,
    MUSIC,
    SPEECH,
    UNIT_NAMES,
)
from reproduce.studies.chung2014.recipe import Recipe

T = TypeVar("T")


@dataclass(frozen=True)
class Budget:
    """How much is spent on one unit of one data set.

    Args:
        trials: Number of learning rates to try.
        max_epochs: Epochs after which a trial ends.
        patience: Epochs without a better validation score after which it ends.
    """

    trials: int
    max_epochs: int
    patience: int


QUICK = Budget(trials=3, max_epochs=300, patience=30)
"""What a short run spends at most."""


Model = tuple[str, str]
"""A data set and a unit."""


@dataclass(frozen=True)
class Protocol:
    """A way to train, for every data set and unit.

    Args:
        recipes: The recipe by data set and unit.
        budgets: The budget by data set and unit.
    """

    recipes: Mapping[Model, Recipe]
    budgets: Mapping[Model, Budget]

    def budget(self, dataset: str, unit: str, full: bool) -> Budget:
        """What is spent on a unit on a data set; cut down unless it is to be full."""
        budget = self.budgets[dataset, unit]
        if full:
            return budget
        return Budget(
            *(min(pair) for pair in zip(astuple(budget), astuple(QUICK), strict=True))
        )


def alike(of_dataset: Mapping[str, T]) -> dict[Model, T]:
    """The same for all units of a data set."""
    return {
        (dataset, unit): value
        for dataset, value in of_dataset.items()
        for unit in UNIT_NAMES
    }


PAPER = Protocol(
    recipes=alike(
        {
            **dict.fromkeys(MUSIC, Recipe()),
            **dict.fromkeys(SPEECH, Recipe(batch_size=16)),
        }
    ),
    budgets=alike(
        {
            "jsb_chorales": Budget(CANDIDATES, max_epochs=350, patience=40),
            "nottingham": Budget(CANDIDATES, max_epochs=350, patience=30),
            "musedata": Budget(CANDIDATES, max_epochs=200, patience=20),
            "piano_midi_de": Budget(CANDIDATES, max_epochs=350, patience=40),
            "speech_a": Budget(CANDIDATES, max_epochs=60, patience=10),
            "speech_b": Budget(CANDIDATES, max_epochs=60, patience=10),
        }
    ),
)

RELEASED = Recipe(
    optimizer="floored_rmsprop",
    batch_size=1,
    reduction="sum",
    clip="update",
    decay="linear",
    initial_weights="released",
    peepholes=False,
    log_rate_range=(math.log(1e-3), math.log(1e-3)),
    candidates=1,
)

CODE = Protocol(
    recipes=alike(dict.fromkeys(DATASETS, RELEASED)),
    budgets=alike(dict.fromkeys(DATASETS, Budget(1, max_epochs=500, patience=500))),
)

OURS = Protocol(
    recipes={model: settings.recipe for model, settings in FOUND.items()},
    # The rate falls until the end: who stops before has not seen the low ones.
    budgets={
        model: Budget(1, settings.epochs, patience=settings.epochs)
        for model, settings in FOUND.items()
    },
)

PROTOCOLS = {"paper": PAPER, "code": CODE, "ours": OURS}
