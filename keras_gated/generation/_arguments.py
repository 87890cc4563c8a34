"""The arguments of `generate`, checked before anything runs."""

import math
import operator
from typing import Any, SupportsIndex

import numpy as np
import numpy.typing as npt
from keras import ops

from keras_gated._integers import is_integer
from keras_gated.generation._chain import Chain
from keras_gated.layers import BernoulliHead

Prompt = npt.NDArray[Any]


def read_prompt(chain: Chain, prompt: Any, batch_size: int | None) -> Prompt:
    """The prompts of all sequences, `(batch, time, input_size)`.

    Raises:
        ValueError: If `prompt` is none for the chain, or `batch_size` none for it.
    """
    if batch_size is not None:
        batch_size = positive_integer("batch_size", batch_size)
    if prompt is None:
        return np.zeros((batch_size or 1, 1, chain.input_size), "float32")
    values = ops.convert_to_numpy(prompt)
    needed = f"(batch, time, {chain.input_size}) or (time, {chain.input_size})"
    if values.ndim not in (2, 3) or values.shape[-1] != chain.input_size:
        raise ValueError(
            f"generate needs a prompt of shape {needed}, which is what the model "
            f"takes. Received a prompt of shape {values.shape}."
        )
    if 0 in values.shape:
        raise ValueError(
            "generate needs a prompt of at least one sequence and one step, or None to "
            f"start from zeros. Received a prompt of shape {values.shape}."
        )
    _check_values(chain, values)
    if values.ndim == 2:
        return np.repeat(values[None], batch_size or 1, axis=0)
    if batch_size not in (None, len(values)):
        raise ValueError(
            f"generate received batch_size={batch_size} and a prompt of "
            f"{len(values)} sequences. Leave batch_size out, or give a prompt of shape "
            f"(time, {chain.input_size}) that all sequences start with."
        )
    return values


def _check_values(chain: Chain, values: Prompt) -> None:
    if isinstance(chain.head, BernoulliHead):
        wrong = ~np.isin(values, (0, 1))
        wanted = f"zeros and ones, which the head {chain.head.name!r} predicts"
    else:
        wrong, wanted = ~np.isfinite(values), "finite numbers"
    if wrong.any():
        place = tuple(int(index) for index in np.argwhere(wrong)[0])
        raise ValueError(
            f"generate needs a prompt of {wanted}. Received {values[place]} at the "
            f"index {place}."
        )


def read_steps(steps: Any, function: str = "generate") -> int:
    """The number of steps.

    Raises:
        ValueError: If it is no positive integer.
    """
    return positive_integer("steps", steps, function)


def positive_integer(
    name: str, value: SupportsIndex, function: str = "generate"
) -> int:
    """The value of an argument.

    Raises:
        ValueError: If it is no positive integer.
    """
    if not is_integer(value, at_least=1):
        raise ValueError(
            f"{function} needs a positive integer for {name}. Received "
            f"{name}={value!r}."
        )
    return operator.index(value)


def read_temperature(
    temperature: float, greedy: bool, function: str = "generate"
) -> float:
    """The factor of the noise.

    Raises:
        ValueError: If `temperature` is not positive and finite, or is given to no
            avail.
    """
    if not (math.isfinite(temperature) and temperature > 0):
        raise ValueError(
            f"{function} needs a positive finite temperature; for no chance at all "
            f"pass greedy=True. Received temperature={temperature}."
        )
    if greedy and temperature != 1:
        raise ValueError(
            f"{function} received greedy=True and temperature={temperature}. A greedy "
            "choice has no temperature; leave one of them out."
        )
    return 0.0 if greedy else float(temperature)


def read_seed(seed: Any, function: str = "generate") -> int | None:
    """The seed.

    Raises:
        ValueError: If it is neither `None` nor an integer from 0 on.
    """
    if seed is None:
        return None
    try:
        number = operator.index(seed)
    except TypeError:
        number = -1
    if number < 0:
        raise ValueError(
            f"{function} needs an integer from 0 on, or None, for seed. Received "
            f"seed={seed!r}."
        )
    return number


def shows_progress(verbose: Any, is_long: bool) -> bool:
    """Whether to show a progress bar.

    Raises:
        ValueError: If `verbose` is none of `"auto"`, 0 and 1.
    """
    if verbose not in ("auto", 0, 1):
        raise ValueError(
            f'generate needs "auto", 0 or 1 for verbose. Received verbose={verbose!r}.'
        )
    return is_long if verbose == "auto" else bool(verbose)
