"""What a row of the table of claims holds, and the words of its verdict."""

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from reproduce.paired import SIGNIFICANCE, compare

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
    "verdict": UNDECIDED,
    "note": "",
}
"""The columns, and what is in them where nothing else is said."""

Row = dict[str, Any]


def as_table(rows: list[Row]) -> pd.DataFrame:
    """Rows with some of the columns as a table with all of them."""
    return pd.DataFrame([{**COLUMNS, **row} for row in rows], columns=list(COLUMNS))


def paired_row(
    claim: str, dataset: str, what: str, differences: Sequence[float]
) -> Row:
    """Held if the differences, one for each seed, lie above 0, not held if below.

    Those that are not finite are left out and noted.
    """
    found = compare(differences)
    is_clear = found.p_value < SIGNIFICANCE
    verdict = UNDECIDED
    if is_clear and found.mean:
        verdict = HELD if found.mean > 0 else NOT_HELD
    lost = len(differences) - found.seeds
    return {
        "claim": claim,
        "dataset": dataset,
        "what": what,
        "n": found.seeds,
        "effect": found.mean,
        "low": found.low,
        "high": found.high,
        "p_value": found.p_value,
        "verdict": verdict,
        "note": f"{lost} without a number" if lost else "",
    }
