"""How a model is trained: by the paper, by its authors' code, and by what we found.

Why each choice was made is in docs/reproducing.md.
"""

import math
from collections.abc import Mapping
from dataclasses import astuple, dataclass, field, replace

from reproduce.studies.chung2014.paper import CANDIDATES, DATASETS, MUSIC, SPEECH
from reproduce.studies.chung2014.recipe import Recipe


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


@dataclass(frozen=True)
class Protocol:
    """A way to train, for every data set and unit.

    Args:
        recipes: The recipe by data set.
        budgets: The budget by data set.
        exceptions: Recipe and budget by data set and unit, where a unit has its own.
    """

    recipes: Mapping[str, Recipe]
    budgets: Mapping[str, Budget]
    exceptions: Mapping[tuple[str, str], tuple[Recipe, Budget]] = field(
        default_factory=dict
    )

    def recipe(self, dataset: str, unit: str) -> Recipe:
        """How a unit is trained on a data set."""
        if (dataset, unit) in self.exceptions:
            return self.exceptions[dataset, unit][0]
        return self.recipes[dataset]

    def budget(self, dataset: str, unit: str, full: bool) -> Budget:
        """What is spent on a unit on a data set; cut down unless it is to be full."""
        budget = self.budgets[dataset]
        if (dataset, unit) in self.exceptions:
            budget = self.exceptions[dataset, unit][1]
        if full:
            return budget
        return Budget(
            *(min(pair) for pair in zip(astuple(budget), astuple(QUICK), strict=True))
        )


def by_kind(music: Recipe, speech: Recipe) -> dict[str, Recipe]:
    """A recipe for all sets of music and one for both of speech."""
    return {**dict.fromkeys(MUSIC, music), **dict.fromkeys(SPEECH, speech)}


PAPER = Protocol(
    recipes=by_kind(music=Recipe(), speech=Recipe(batch_size=16)),
    budgets={
        "jsb_chorales": Budget(CANDIDATES, max_epochs=350, patience=40),
        "nottingham": Budget(CANDIDATES, max_epochs=350, patience=30),
        "musedata": Budget(CANDIDATES, max_epochs=200, patience=20),
        "piano_midi_de": Budget(CANDIDATES, max_epochs=350, patience=40),
        "speech_a": Budget(CANDIDATES, max_epochs=60, patience=10),
        "speech_b": Budget(CANDIDATES, max_epochs=60, patience=10),
    },
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
    recipes=by_kind(music=RELEASED, speech=RELEASED),
    budgets=dict.fromkeys(DATASETS, Budget(1, max_epochs=500, patience=500)),
)

CHORALES = Recipe(
    weight_noise=0.1,
    averaging=0.998,
    log_rate_range=(math.log(1e-3), math.log(6e-3)),
    candidates=3,
)

LONG_PIECES = Recipe(
    optimizer="adam",
    decay="cosine",
    batch_size=8,
    window=200,
    averaging=0.998,
    marginal_bias=True,
    log_rate_range=(math.log(4e-3), math.log(8e-3)),
    candidates=1,
)

CHORALES_BY_LSTM = replace(
    LONG_PIECES, batch_size=4, window=0, weight_noise=0.1, candidates=2
)

FOLK_TUNES_BY_GRU = replace(
    LONG_PIECES, log_rate_range=(math.log(1.2e-2), math.log(1.8e-2))
)

WAVEFORMS = Recipe(
    optimizer="adam",
    decay="cosine",
    batch_size=16,
    window=100,
    weight_noise=0.0,
    averaging=0.99,
    log_rate_range=(math.log(1.5e-3), math.log(3e-3)),
    candidates=1,
)

OURS = Protocol(
    recipes={
        **by_kind(music=LONG_PIECES, speech=WAVEFORMS),
        "jsb_chorales": CHORALES,
        "musedata": replace(LONG_PIECES, weight_noise=0.03),
    },
    budgets={
        "jsb_chorales": Budget(3, max_epochs=350, patience=40),
        "nottingham": Budget(1, max_epochs=100, patience=25),
        "musedata": Budget(1, max_epochs=60, patience=20),
        "piano_midi_de": Budget(1, max_epochs=60, patience=20),
        "speech_a": Budget(1, max_epochs=8, patience=8),
        "speech_b": Budget(1, max_epochs=6, patience=6),
    },
    exceptions={
        ("jsb_chorales", "lstm"): (
            CHORALES_BY_LSTM,
            Budget(2, max_epochs=60, patience=60),
        ),
        ("nottingham", "gru"): (
            FOLK_TUNES_BY_GRU,
            Budget(1, max_epochs=100, patience=25),
        ),
    },
)

PROTOCOLS = {"paper": PAPER, "code": CODE, "ours": OURS}
