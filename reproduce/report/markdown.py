"""Tables in Markdown, and numbers as readers see them."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

NO_VALUE = "—"
"""What stands in a table where there is no number."""


def markdown_table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Writes a table; columns of numbers are set flush right.

    Args:
        headers: The heads of the columns.
        rows: The cells, as many in each row as there are heads.

    Returns:
        The lines of the table in Markdown.
    """
    rows = list(rows)
    numeric = [_is_numeric([row[i] for row in rows]) for i in range(len(headers))]
    rule = ["---:" if is_numeric else "---" for is_numeric in numeric]
    return "\n".join(_line(cells) for cells in (headers, rule, *rows))


def _is_numeric(cells: Iterable[str]) -> bool:
    filled = [cell.strip("*+-<") for cell in cells if cell not in ("", NO_VALUE)]
    return bool(filled) and all(cell[:1].isdigit() for cell in filled)


def _line(cells: Sequence[str]) -> str:
    escaped = [cell.replace("|", r"\|").replace("\n", " ") for cell in cells]
    return "| " + " | ".join(escaped) + " |"


def whole_table(table: pd.DataFrame) -> str:
    """All of a data frame; its columns are named as in the CSV, but for underscores.

    Returns:
        The table in Markdown; an empty text if it has no row.
    """
    if table.empty:
        return ""
    headers = [str(column).replace("_", " ") for column in table.columns]
    rows = table.itertuples(index=False, name=None)
    return markdown_table(headers, [[_cell(value) for value in row] for row in rows])


def _cell(value: Any) -> str:
    return decimals(value) if isinstance(value, float) else str(value)


def decimals(value: float, digits: int = 3) -> str:
    """A number for readers; a dash if there is none."""
    return NO_VALUE if math.isnan(value) else f"{value:.{digits}f}"


def spread(mean: float, std: float, digits: int = 3) -> str:
    """A mean with the standard deviation over seeds, if there is one."""
    text = decimals(mean, digits)
    return text if math.isnan(std) else f"{text} ± {std:.{digits}f}"


def signed(value: float) -> str:
    """A difference, always with its sign."""
    return NO_VALUE if math.isnan(value) else f"{value:+.3f}"


def interval(low: float, high: float) -> str:
    """A confidence interval of a difference; a dash if there is none."""
    return NO_VALUE if math.isnan(low) else f"{signed(low)} to {signed(high)}"


def probability(value: float) -> str:
    """A p value; a dash if no test was made."""
    if math.isnan(value):
        return NO_VALUE
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def short(rate: float) -> str:
    """A learning rate in few characters, such as 1.7e-3."""
    return f"{rate:.1e}".replace("e-0", "e-")
