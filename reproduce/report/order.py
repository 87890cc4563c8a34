"""The order of rows: that of the names of a study."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

Labels = Mapping[str, Mapping[str, str]]
"""For columns what their values are called, in the order in which they are shown."""


def rank(labels: Labels, column: str, value: Any) -> tuple[int, Any]:
    """Where a value comes in the order of its column; unknown ones come last."""
    order = list(labels.get(column, ()))
    return (order.index(value) if value in order else len(order), value)


def in_order(labels: Labels, table: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """The rows in the order of the values of some columns, the first one before all."""
    return table.sort_values(
        list(by),
        key=lambda column: column.map(lambda value: rank(labels, column.name, value)),
        kind="stable",
    )
