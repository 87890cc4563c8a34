"""Rows of a table of claims, and the words of their verdicts."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

HELD, NOT_HELD, UNDECIDED = "held", "not held", "not decided"

COLUMNS: Mapping[str, Any] = {
    "claim": "",
    "dataset": "",
    "what": "",
    "n": 0,
    "effect": math.nan,
    "low": math.nan,
    "high": math.nan,
    "p_value": math.nan,
    "verdict": UNDECIDED,
    "note": "",
}
"""The columns that most studies have, and what is in them where a row says nothing."""

Row = dict[str, Any]


def as_table(rows: Sequence[Row], columns: Mapping[str, Any] = COLUMNS) -> pd.DataFrame:
    """Rows with some of the columns as a table with all of them.

    Args:
        rows: What is said of each claim.
        columns: The columns, and what is in them where a row says nothing.
    """
    return pd.DataFrame([{**columns, **row} for row in rows], columns=list(columns))


def decided(held: bool, not_held: bool) -> str:
    """The verdict where each side has its own condition."""
    return HELD if held else NOT_HELD if not_held else UNDECIDED


def from_interval(low: float, high: float, border: float = 0.0) -> str:
    """Held if an interval lies above a border, not held if below."""
    return decided(low > border, high < border)
