"""The numbers of a paper as one table."""

import dataclasses
import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

COLUMNS = ("source", "of", "value")


def published_table(published: Mapping[str, Any]) -> pd.DataFrame:
    """One row for each number that a paper prints.

    Args:
        published: The numbers by the table or figure that has them, in mappings and
            data classes within each other.

    Returns:
        A frame with the columns `source`, `of` (the names on the way to a number) and
        `value`. What the paper leaves out (NaN) has no row.

    Examples:
        >>> from reproduce.report.published import published_table
        >>> published_table({"table 1": {"music": {"gru": 20_200}}}).to_dict("records")
        [{'source': 'table 1', 'of': 'music, gru', 'value': 20200}]
    """
    rows = [
        (source, ", ".join(names), value)
        for source, numbers in published.items()
        for names, value in _leaves(numbers)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _leaves(numbers: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    if dataclasses.is_dataclass(numbers) and not isinstance(numbers, type):
        numbers = {
            f.name: getattr(numbers, f.name) for f in dataclasses.fields(numbers)
        }
    if not isinstance(numbers, Mapping):
        if not math.isnan(numbers):
            yield (), numbers
        return
    for name, within in numbers.items():
        for names, value in _leaves(within):
            yield (str(name), *names), value
