"""Whether an argument is a whole number, or has whole numbers."""

import operator
from typing import Any

import numpy as np
import numpy.typing as npt


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


def are_integers(array: npt.NDArray[Any]) -> bool:
    """Whether an array has integers, or nothing, of which NumPy makes floats."""
    return np.issubdtype(array.dtype, np.integer) or not array.size
