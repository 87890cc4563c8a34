"""The trials of Chung et al. 2014."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from optuna.distributions import BaseDistribution, FloatDistribution

from reproduce import trial
from reproduce.studies.chung2014.recipe import Recipe

SEARCHED = "search"
"""The protocol of the trials of a search."""

PENALTIES_COMPARED = "penalties"
"""The protocol of the trials that compare penalties on the weights."""

SIZE = "size"
"""What these measure besides the loss: the sizes of weights of each kernel."""


@dataclass(frozen=True, kw_only=True)
class Trial(trial.Trial):
    """All that decides the outcome of training one model.

    Args:
        protocol: One of `protocols.PROTOCOLS`.
        arm: One of `plan.ARMS`.
        unit: `"lstm"`, `"gru"` or `"tanh"`.
        units: Number of units.
        learning_rate: The learning rate.
        recipe: How it is trained.
        layer_arguments: Arguments of the recurrent layer other than the defaults.
    """

    protocol: str
    arm: str
    unit: str
    units: int
    learning_rate: float
    recipe: Recipe = field(default_factory=Recipe)
    layer_arguments: Mapping[str, bool] = field(default_factory=dict)

    study: ClassVar[str] = "chung2014"
    cell: ClassVar[tuple[str, ...]] = ("protocol", "arm", "dataset", "unit")
    space: ClassVar[Mapping[str, BaseDistribution]] = {
        "learning_rate": FloatDistribution(1e-8, 10.0, log=True)
    }
    candidate_form: ClassVar[str] = "rate{:02d}"

    @property
    def label(self) -> str:
        """The learning rate, and the penalty on the weights if there is one."""
        penalties = {"L2": self.recipe.l2, "decay": self.recipe.weight_decay}
        parts = [f"{name} {value:.1e}" for name, value in penalties.items() if value]
        return " ".join([super().label, *parts])

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        recipe = dict(config.get("recipe", {}))
        if "log_rate_range" in recipe:
            recipe["log_rate_range"] = tuple(recipe["log_rate_range"])
        return super().from_config({**config, "recipe": Recipe(**recipe)})
