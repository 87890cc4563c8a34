"""Whether an argument is a whole number."""

import operator
from typing import Any


def is_integer(value: Any, at_least: int) -> bool:
    """Whether a value is an integer, of Python or NumPy, that is no less.

    A boolean is none, though Python takes it for one.
    """
    if isinstance(value, bool):
        return False
    try:
        return operator.index(value) >= at_least
    except TypeError:
        return False
