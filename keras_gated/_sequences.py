"""Whether an argument is a sequence, of whatever kind."""

from typing import Any


def is_sequence(value: Any) -> bool:
    """Whether a value has a length and items, as lists, strings and arrays do."""
    try:
        len(value)
        iter(value)
    except TypeError:
        return False
    return True
