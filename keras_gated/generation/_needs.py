"""What files and pictures need: arguments in range."""

from typing import Any

import numpy as np
import numpy.typing as npt


def read_samples(function: str, samples: Any) -> npt.NDArray[Any]:
    """A waveform as an array.

    Raises:
        ValueError: If it is none, is empty or has numbers that are not finite.
    """
    values = np.asarray(samples)
    if values.ndim != 1 or values.size == 0:
        raise ValueError(
            f"{function} needs samples of shape (time,), at least one. Received an "
            f"array of shape {values.shape}."
        )
    wrong = np.flatnonzero(~np.isfinite(values))
    if wrong.size:
        raise ValueError(
            f"{function} needs finite samples. {wrong.size} of the {values.size} "
            f"received are not, the first at the index {wrong[0]}."
        )
    return values


def check_positive(function: str, **values: float) -> None:
    """Checks that durations and rates are positive and finite.

    Raises:
        ValueError: If one is not.
    """
    for name, value in values.items():
        if not (np.isfinite(value) and value > 0):
            raise ValueError(
                f"{function} needs a positive finite {name}. Received {name}={value}."
            )
