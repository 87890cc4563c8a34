"""The trials of Jozefowicz et al. 2015."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
)

from reproduce import trial

RATES = (8e-3, 2e-2, 2e-3, 4e-3)
"""Learning rates in the order in which they are tried. Gated units learn well at the
first two, tanh at the third."""

SETTINGS: Mapping[str, BaseDistribution] = {
    "learning_rate": FloatDistribution(1e-3, 2e-2, log=True),
    "clip": CategoricalDistribution((0.1, 1.0, 10.0)),
    "scale": CategoricalDistribution((0.7, 1.0, 1.4, 2.0)),
}
"""Where the search draws the settings of a cell."""


@dataclass(frozen=True, kw_only=True)
class Trial(trial.Trial):
    """A model of a task.

    Args:
        unit: Row of the table, or number of a cell of the search.
        units: How many there are.
        learning_rate: At the beginning; it falls to nothing along half a cosine.
        updates: Updates in all; 0 on music, where the epochs count.
        window: Steps of each; on music about as many as its parts have.
        curriculum: Share of them with shorter numbers, on arithmetic.
        clip: What the norm of the gradient may be.
        scale: Weights begin uniform within this over the root of the units; 0 for the
            initializers of Keras.
        graph: The graph of the cell in JSON, if it is one of the search.
        parent: The cell that it is a mutation of, if it is one.
        dropout: Share of the inputs and outputs of the recurrent layer that are left
            out while training, on music; none of its states.
    """

    unit: str
    units: int
    learning_rate: float
    updates: int
    window: int
    curriculum: float = 0.0
    clip: float = 1.0
    scale: float = 0.0
    graph: str = ""
    parent: str = ""
    dropout: float = 0.0

    study: ClassVar[str] = "jozefowicz2015"
    cell: ClassVar[tuple[str, ...]] = ("dataset", "row")
    space: ClassVar[Mapping[str, BaseDistribution]] = {
        "learning_rate": FloatDistribution(1e-4, 1e-1, log=True)
    }
    candidate_form: ClassVar[str] = "rate{:02d}"

    @property
    def row(self) -> str:
        """The unit, with its dropout if it has any: what names tell apart."""
        return f"{self.unit}_dropout{self.dropout}" if self.dropout else self.unit
