"""Which of the exhaustive checks a day runs, so that a week runs all of them."""

import os
from collections import defaultdict
from datetime import date

VARIABLE = "KERAS_GATED_SAMPLE"
"""Names a date, `2026-11-28`, whose share of the exhaustive checks is to run."""

DAYS = 7


def chosen_day():
    """The day whose share is wanted, or None for all days.

    Raises:
        ValueError: If what was given is no date.
    """
    given = os.environ.get(VARIABLE)
    if not given:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise ValueError(
            f"{VARIABLE} must be a date like 2026-11-28. Received: {given!r}."
        ) from None


def share_of(day, names):
    """The names whose turn it is on a day.

    The cases of a test function are dealt to the days in turn, and the next function
    goes on where it ended: every day has its part of each.

    Args:
        day: A date.
        names: Of the cases of tests, `file.py::test_function[case]`, in their order.
    """
    functions = defaultdict(list)
    for name in names:
        functions[name.partition("[")[0]].append(name)
    dealt = (case for cases in functions.values() for case in cases)
    turn = day.toordinal()
    # Seven cases are dealt in another order than those before them: else a table whose
    # rows have 42 cells showed the same columns on a day.
    return {
        case
        for number, case in enumerate(dealt)
        if (number + number // DAYS + turn) % DAYS == 0
    }
