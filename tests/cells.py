"""The cells of the family beside the three units of `tests.units`, for a few tests."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest

from keras_gated import layers
from tests import cell_equations, reference
from tests.units import randomise

SIZE = 4


@dataclass(frozen=True)
class Cell:
    """A layer and the NumPy equations it must equal.

    `parameters` is their number for so many features and units, as the docs have it.
    """

    name: str
    layer: Any
    gates: Any
    parameters: Callable[[int, int], int]
    features: int = 2
    states: int = 1
    hand_written: bool = True
    arguments: dict[str, Any] = field(default_factory=dict)

    @property
    def step(self):
        return reference.step_of(self.gates)

    def make(self, units=SIZE, **kwargs):
        return self.layer(units, **{**self.arguments, **kwargs})

    def make_random(self, **kwargs):
        """A built layer with large random weights."""
        return randomise(self.make(**kwargs), self.features)


CELLS = (
    Cell(
        "mut1",
        layers.MUT1,
        cell_equations.mut1_gates,
        lambda n, u: u * (3 * n + 2 * u + 3),
    ),
    Cell(
        "mut1, bare inputs",
        layers.MUT1,
        cell_equations.mut1_gates,
        lambda n, u: u * (2 * n + 2 * u + 3),
        features=SIZE,
    ),
    Cell(
        "mut2",
        layers.MUT2,
        cell_equations.mut2_gates,
        lambda n, u: u * (3 * n + 3 * u + 3),
    ),
    Cell(
        "mut2, bare inputs",
        layers.MUT2,
        cell_equations.mut2_gates,
        lambda n, u: u * (2 * n + 3 * u + 3),
        features=SIZE,
    ),
    Cell(
        "mut3",
        layers.MUT3,
        cell_equations.mut3_gates,
        lambda n, u: u * (3 * n + 3 * u + 3),
    ),
    Cell(
        "mgu",
        layers.MGU,
        cell_equations.mgu_gates,
        lambda n, u: u * (2 * n + 2 * u + 2),
    ),
    Cell(
        "janet",
        layers.JANET,
        partial(cell_equations.janet_gates, beta=0.6),
        lambda n, u: u * (2 * n + 2 * u + 2),
        arguments={"beta": 0.6},
    ),
    Cell(
        "layer-normalised lstm",
        layers.LayerNormLSTM,
        cell_equations.layer_norm_lstm_gates,
        lambda n, u: u * (4 * n + 4 * u + 14),
        states=2,
        hand_written=False,
    ),
    Cell(
        "layer-normalised gru",
        layers.LayerNormGRU,
        cell_equations.layer_norm_gru_gates,
        lambda n, u: u * (3 * n + 3 * u + 10),
        hand_written=False,
    ),
)

HAND_WRITTEN = tuple(cell for cell in CELLS if cell.hand_written)


def named(*names):
    """Those cells of the table."""
    return [cell for cell in CELLS if cell.name in names]


each = partial(pytest.mark.parametrize, "cell", ids=lambda cell: cell.name)
"""`@each(CELLS)` runs a test for each of them."""
