"""Rows of the table of claims."""

from collections.abc import Sequence

from reproduce.paired import SIGNIFICANCE, compare
from reproduce.verdicts import HELD, NOT_HELD, UNDECIDED, Row


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
