"""The trials of Karpathy et al. 2015."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from optuna.distributions import BaseDistribution

from reproduce import trial
from reproduce.studies.karpathy2015.names import LOOKED_INTO, WATCHED


@dataclass(frozen=True, kw_only=True)
class Trial(trial.Trial):
    """A model of characters. Nothing is searched.

    Args:
        protocol: `"paper"` or `"ours"`.
        unit: `"lstm"`, `"gru"` or `"tanh"`.
        layers: Number of layers.
        row: Row of the paper's table.
        units: Units of each layer.
    """

    protocol: str
    unit: str
    layers: int
    row: int
    units: int

    study: ClassVar[str] = "karpathy2015"
    cell: ClassVar[tuple[str, ...]] = ("dataset", "protocol", "row", "layers", "unit")
    space: ClassVar[Mapping[str, BaseDistribution]] = {}

    @property
    def model(self) -> tuple[str, int, int]:
        """Unit, layers and row."""
        return self.unit, self.layers, self.row

    @property
    def is_looked_into(self) -> bool:
        """Whether its errors and gates are kept."""
        return self.model in LOOKED_INTO

    @property
    def is_watched(self) -> bool:
        """Whether its first epochs are watched."""
        return self.model == WATCHED
