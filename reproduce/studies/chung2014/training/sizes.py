"""How large the weights are that a penalty makes smaller."""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from reproduce.studies.chung2014.training.build import penalized
from reproduce.task import Task

QUARTER = 0.25


def sizes_of(model: Any, task: Task) -> dict[str, float]:
    """The root mean squares of the weights of the recurrent layer.

    Args:
        model: The model.
        task: What it was trained on.

    Returns:
        Those of `kernel` and `recurrent_kernel`, and of the rows of the kernel for
        the quarter of the inputs that occur least, of those that occur at all, and for
        the quarter that occurs most.
    """
    weights = {v.name: keras.ops.convert_to_numpy(v) for v in penalized(model)}
    rare, common = _quarters(task.splits["train"][0])
    weights["kernel_of_rare_inputs"] = weights["kernel"][rare]
    weights["kernel_of_common_inputs"] = weights["kernel"][common]
    return {
        name: float(np.sqrt(np.mean(np.square(values))))
        for name, values in weights.items()
    }


def _quarters(sequences: Any) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """The inputs that occur least and most, by the mean of their absolute values."""
    shares = np.abs(np.concatenate(sequences)).mean(axis=0, dtype=float)
    order = np.argsort(shares, kind="stable")
    order = order[np.count_nonzero(shares == 0) :]
    count = max(1, round(QUARTER * len(order)))
    return order[:count], order[-count:]
