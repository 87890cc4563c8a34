"""How the score hangs on the learning rate, and whether that hangs on the size."""

from itertools import pairwise

import numpy as np
import pandas as pd

from reproduce.studies.odyssey2015.analysis.anova import marginal
from reproduce.studies.odyssey2015.analysis.forest import Forest
from reproduce.studies.odyssey2015.names import ALL

RATE, SIZE = "learning_rate", "units"
RATES, SIZES = 80, 48
"""Places of the grid."""

SIZE_PARTS = 3
"""Parts of the searched range of sizes, equally often drawn, that get a curve each."""


def _places(count: int) -> np.ndarray:
    return (np.arange(count) + 0.5) / count


def surface(forest: Forest) -> pd.DataFrame:
    """Mean predictions by learning rate and size.

    Args:
        forest: The forest of a set, or of one variant on it.

    Returns:
        A row for each learning rate, a column for each number of units.
    """
    places = _places(RATES), _places(SIZES)
    means = marginal(forest, (RATE, SIZE), places).mean(axis=0)
    rates, sizes = (
        _values(forest, n, p) for n, p in zip((RATE, SIZE), places, strict=True)
    )
    return pd.DataFrame(means, pd.Index(rates, name=RATE), pd.Index(sizes, name=SIZE))


def rate_curves(forest: Forest) -> pd.DataFrame:
    """Mean predictions by learning rate, for all sizes and for parts of their range.

    Args:
        forest: The forest of a set, or of one variant on it.

    Returns:
        The columns `learning_rate`, `size` (`ALL` or a range of units), `mean`, and
        `low` and `high`, between which lie 95 % of the trees.
    """
    places = _places(RATES), _places(SIZES)
    rates = _values(forest, RATE, places[0])
    trees = marginal(forest, (RATE, SIZE), places)
    parts = np.split(np.arange(SIZES), SIZE_PARTS)
    curves = {ALL: marginal(forest, (RATE,), places[:1])}
    for name, part in zip(size_names(forest), parts, strict=True):
        curves[name] = trees[:, :, part].mean(axis=2)
    tables = []
    for name, of_trees in curves.items():
        low, high = np.quantile(of_trees, (0.025, 0.975), axis=0)
        columns = {"mean": of_trees.mean(axis=0), "low": low, "high": high}
        tables.append(pd.DataFrame({RATE: rates, "size": name, **columns}))
    return pd.concat(tables, ignore_index=True)


def size_names(forest: Forest) -> list[str]:
    """The ranges of units with a curve each, such as `20 to 43 units`."""
    ends = _values(forest, SIZE, np.linspace(0, 1, SIZE_PARTS + 1)).round().astype(int)
    return [f"{low} to {high} units" for low, high in pairwise(ends)]


def _values(forest: Forest, name: str, places: np.ndarray) -> np.ndarray:
    return forest.factor(name).from_unit(places)
