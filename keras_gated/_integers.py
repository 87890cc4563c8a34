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


def positive_integers(**counts: Any) -> list[int]:
    """Arguments as integers of Python, whose products do not overflow.

    Raises:
        ValueError: For the first that is no positive integer; names it.
    """
    for name, value in counts.items():
        if not is_integer(value, at_least=1):
            raise ValueError(f"{name} must be a positive integer, received {value!r}")
    return [operator.index(value) for value in counts.values()]


def check_seed(seed: Any) -> None:
    """Checks a seed of NumPy's old generator, whose numbers never change.

    Raises:
        ValueError: If it is none.
    """
    if not is_integer(seed, at_least=0) or seed >= 2**32:
        raise ValueError(
            f"seed must be an integer from 0 to 2**32 - 1, received {seed!r}"
        )


def are_integers(array: npt.NDArray[Any]) -> bool:
    """Whether an array has integers, or nothing, of which NumPy makes floats."""
    return np.issubdtype(array.dtype, np.integer) or not array.size
