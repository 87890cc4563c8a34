"""The trials of the study."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from optuna.distributions import BaseDistribution, FloatDistribution

from reproduce import trial


@dataclass(frozen=True, kw_only=True)
class Trial(trial.Trial):
    """A model of tunes; `encoding` is its vocabulary, `"tokens"` or `"characters"`.

    Args:
        unit: `"lstm"`, `"gru"` or `"tanh"`.
        layers: Number of recurrent layers.
        row: Units of each layer of the LSTM that it is as large as.
        units: Units of each layer.
        dropout: Share of the outputs of each layer that is dropped.
        learning_rate: The first one, which falls to nothing.
        samples: Tunes that the model writes.
        temperature: At which they are drawn.
        top_p: The share of the probability that they are drawn from.
    """

    unit: str
    layers: int
    row: int
    units: int
    dropout: float
    learning_rate: float
    samples: int
    temperature: float
    top_p: float = 1.0

    study: ClassVar[str] = "tunes"
    cell: ClassVar[tuple[str, ...]] = ("dataset", "encoding", "unit", "layers", "row")
    space: ClassVar[Mapping[str, BaseDistribution]] = {
        "learning_rate": FloatDistribution(1e-3, 1e-2, log=True)
    }
    candidate_form: ClassVar[str] = "rate{}"
