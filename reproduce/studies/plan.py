"""The trials of a sweep: every data set, unit, arm, seed and learning rate."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from json import dumps
from typing import Any

from keras_gated.models import count_parameters, match_units
from reproduce.studies.chung2014 import draw_learning_rates, units_of
from reproduce.studies.protocols import Budget, Recipe

ARMS = {
    "table1": ("lstm", "gru", "tanh"),
    "total": ("gru", "tanh"),
    "no_peepholes": ("lstm",),
    "reset_after": ("gru",),
}
"""Which units take part in each comparison.

`table1` has the paper's models, equal in the parameters of the recurrent layer;
`total` makes the others as large as the LSTM with the head counted; the last two
change one thing about a unit.
"""


@dataclass(frozen=True)
class Trial:
    """All that decides the outcome of training one model.

    Args:
        protocol: `"paper"`, `"code"` or `"ours"`.
        arm: One of `ARMS`.
        dataset: Name of the data set.
        data: `"canonical"`, or what stands in for the paper's data.
        data_fingerprint: SHA-256 of the data.
        encoding: How pitches become entries of the input vector; `""` for speech.
        unit: `"lstm"`, `"gru"` or `"tanh"`.
        units: Number of units.
        candidate: Number of the learning rate among those drawn.
        learning_rate: The learning rate.
        seed: Seed of weights, noise and order.
        backend: The Keras backend.
        max_epochs: Epochs after which it ends.
        patience: Epochs without a better validation score after which it ends.
        recipe: How it is trained.
        layer_arguments: Arguments of the recurrent layer other than the defaults.
    """

    protocol: str
    arm: str
    dataset: str
    data: str
    data_fingerprint: str
    encoding: str
    unit: str
    units: int
    candidate: int
    learning_rate: float
    seed: int
    backend: str
    max_epochs: int
    patience: int
    recipe: Recipe = field(default_factory=Recipe)
    layer_arguments: Mapping[str, bool] = field(default_factory=dict)

    @property
    def study(self) -> str:
        """The name of the trials that compete by their learning rates."""
        return (
            f"chung2014-{self.protocol}-{self.arm}-{self.dataset}-{self.unit}"
            f"-{self.backend}-seed{self.seed}"
        )

    @property
    def name(self) -> str:
        """A name for files, unique within a sweep."""
        return f"{self.study}-rate{self.candidate:02d}"

    @property
    def config(self) -> dict[str, Any]:
        """The fields as a dictionary of plain values."""
        config = asdict(self)
        config["recipe"]["log_rate_range"] = list(self.recipe.log_rate_range)
        return config

    @property
    def digest(self) -> str:
        """A few characters that differ where any field does."""
        return sha256(dumps(self.config, sort_keys=True).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Material:
    """What a plan has to know of a data set.

    Args:
        data: See `Trial`.
        fingerprint: See `Trial`.
        encoding: See `Trial`.
        input_size: Entries of the input vector of a step.
        output_size: Numbers that the head puts out for a step.
    """

    data: str
    fingerprint: str
    encoding: str
    input_size: int
    output_size: int


def plan(
    protocol: str,
    ways: Mapping[str, tuple[Recipe, Budget]],
    dataset: str,
    material: Material,
    arms: Iterable[str],
    seeds: Iterable[int],
    backend: str,
) -> list[Trial]:
    """The trials on one data set, those of the first learning rate first.

    Args:
        protocol: Name of the protocol.
        ways: Recipe and budget of each unit that takes part.
        dataset: Name of the data set.
        material: What is known of it.
        arms: Some of `ARMS`.
        seeds: Seeds of the trials.
        backend: The Keras backend.
    """
    models = [(arm, unit) for arm in arms for unit in ARMS[arm] if unit in ways]
    ranked: list[tuple[int, Trial]] = []
    for seed in seeds:
        for arm, unit in models:
            recipe, budget = ways[unit]
            rates = draw_learning_rates(
                budget.trials, seed, recipe.log_rate_range, recipe.candidates
            )
            for rank, (candidate, rate) in enumerate(rates.items()):
                trial = Trial(
                    protocol=protocol,
                    arm=arm,
                    dataset=dataset,
                    data=material.data,
                    data_fingerprint=material.fingerprint,
                    encoding=material.encoding,
                    unit=unit,
                    units=count_units(arm, unit, dataset, material),
                    candidate=candidate,
                    learning_rate=rate,
                    seed=seed,
                    backend=backend,
                    max_epochs=budget.max_epochs,
                    patience=budget.patience,
                    recipe=recipe,
                    layer_arguments=layer_arguments(arm, unit, recipe),
                )
                ranked.append((rank, trial))
    return [trial for _, trial in sorted(ranked, key=lambda pair: pair[0])]


def count_units(arm: str, unit: str, dataset: str, material: Material) -> int:
    """How many units a model of an arm has."""
    units = units_of(dataset)
    if arm != "total":
        return units[unit]
    inputs, outputs = material.input_size, material.output_size
    total = count_parameters("lstm", units["lstm"], inputs, outputs)
    return match_units(unit, inputs, total, outputs)


def layer_arguments(arm: str, unit: str, recipe: Recipe) -> dict[str, bool]:
    """What differs from the defaults of our layers.

    All biases start at zero, as in the authors' released code.
    """
    match unit:
        case "lstm":
            with_peepholes = recipe.peepholes and arm != "no_peepholes"
            return {"unit_forget_bias": False, "use_peepholes": with_peepholes}
        case "gru":
            return {"reset_after": arm == "reset_after"}
    return {}
