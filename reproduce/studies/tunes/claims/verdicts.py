"""What a row of the table of claims holds, and the words of its verdict."""

import math
from typing import Any

import pandas as pd

HELD, NOT_HELD, UNDECIDED = "held", "not held", "not decided"

COLUMNS = {
    "claim": "",
    "dataset": "",
    "what": "",
    "n": 0,
    "effect": math.nan,
    "low": math.nan,
    "high": math.nan,
    "p_value": math.nan,
    "held_out": math.nan,
    "ngram": math.nan,
    "verdict": UNDECIDED,
    "note": "",
}
"""The columns, and what is in them where nothing else is said.

`held_out` and `ngram` have what held-out tunes and those of the n-gram come to.
"""

Row = dict[str, Any]


def as_table(rows: list[Row]) -> pd.DataFrame:
    """Rows with some of the columns as a table with all of them."""
    return pd.DataFrame([{**COLUMNS, **row} for row in rows], columns=list(COLUMNS))


def decided(held: bool, not_held: bool) -> str:
    """The verdict where each side has its own condition."""
    return HELD if held else NOT_HELD if not_held else UNDECIDED
