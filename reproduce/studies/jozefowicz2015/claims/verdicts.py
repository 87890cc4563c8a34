"""What a row of the table of claims holds, and the words of its verdict."""

import math
from typing import Any

import pandas as pd

HELD, NOT_HELD, UNDECIDED = "held", "not held", "not decided"

MATTERS = 0.01
"""A difference of accuracies that matters."""

CLOSE = 0.02
"""How far below the paper's accuracy one may be."""

COLUMNS = {
    "claim": "",
    "dataset": "",
    "what": "",
    "n": 0,
    "effect": math.nan,
    "low": math.nan,
    "high": math.nan,
    "p_value": math.nan,
    "paper": math.nan,
    "verdict": UNDECIDED,
}
"""The columns, and what is in them where nothing else is said."""

Row = dict[str, Any]


def as_table(rows: list[Row]) -> pd.DataFrame:
    """Rows with some of the columns as a table with all of them."""
    return pd.DataFrame([{**COLUMNS, **row} for row in rows], columns=list(COLUMNS))


def from_interval(low: float, high: float, border: float = 0.0) -> str:
    """Held if the interval lies above a border, not held if below."""
    return HELD if low > border else NOT_HELD if high < border else UNDECIDED
