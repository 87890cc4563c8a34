"""The trials of the study."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from optuna.distributions import BaseDistribution

from reproduce import trial
from reproduce.studies.tang2016.names import FRAMES, objective_of


@dataclass(frozen=True, kw_only=True)
class Trial(trial.Trial):
    """A recogniser of phones. Nothing is searched.

    Args:
        unit: `"lstm"`, `"gru"` or `"tanh"`.
        layers: Number of layers.
        units: Units of each layer, in each direction.
        direction: `"forward"` or `"both"`.
        shortcuts: Whether each layer from the second on adds its input to its output.
        learning_rate: At the beginning; it falls to nothing.
        dropout: Share of the outputs of a layer that the next one does not get.
    """

    unit: str
    layers: int
    units: int
    direction: str
    shortcuts: bool
    learning_rate: float
    dropout: float

    study: ClassVar[str] = "tang2016"
    cell: ClassVar[tuple[str, ...]] = ("dataset", "direction", "shortcuts", "unit")
    space: ClassVar[Mapping[str, BaseDistribution]] = {}

    @property
    def is_looked_into(self) -> bool:
        """Whether its memory is looked at: it must not know what is to come."""
        return self.direction == "forward" and objective_of(self.dataset) == FRAMES
