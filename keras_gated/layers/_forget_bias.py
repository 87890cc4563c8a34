"""Where the bias of a forget gate starts."""

import math
from numbers import Real
from typing import Any, TypeAlias

import keras
from keras import ops

from keras_gated._types import InitializerLike, Tensor
from keras_gated.initializers import Chrono

ForgetBias: TypeAlias = bool | float | keras.initializers.Initializer
"""`True` for 1, `False` for what the other biases start with, a number, or an
initializer."""


def forget_bias(given: Any, name: str) -> ForgetBias:
    """What a cell was given as `unit_forget_bias`, itself or by its config.

    Args:
        given: What it was given.
        name: The name of the cell.

    Raises:
        ValueError: If it is none of the four.
    """
    if isinstance(given, bool | keras.initializers.Initializer):
        return given
    if isinstance(given, dict):
        return keras.initializers.get(given)
    if not isinstance(given, Real) or not math.isfinite(given):
        raise ValueError(
            f"{name} needs True, False, a finite number or an initializer for "
            "unit_forget_bias, where the bias of the forget gate starts. Received "
            f"unit_forget_bias={given!r}."
        )
    return float(given)


def to_config(start: ForgetBias) -> Any:
    """What `forget_bias` makes it of again."""
    if isinstance(start, bool | float):
        return start
    return keras.initializers.serialize(start)


def initial_bias(
    units: int,
    columns: tuple[str, ...],
    start: ForgetBias,
    others: InitializerLike,
    **kwargs: Any,
) -> Tensor:
    """The bias of all columns, each of so many units.

    With `Chrono` the input gate's is the negative of the forget gate's.

    Args:
        units: Number of units.
        columns: What each block belongs to; before the forget gate, if there is one,
            there is nothing or the input gate.
        start: Where the bias of the forget gate starts.
        others: Initializer of all other biases.
        **kwargs: What initializers take beside the shape.
    """
    if start is False or "forget_gate" not in columns:
        return others((len(columns) * units,), **kwargs)
    if isinstance(start, bool | float):
        start = keras.initializers.Constant(float(start))
    forget = start((units,), **kwargs)
    before = columns.index("forget_gate")
    after = len(columns) - 1 - before
    parts = [forget]
    if before and isinstance(start, Chrono):
        parts.insert(0, -forget)
    elif before:
        parts.insert(0, others((before * units,), **kwargs))
    if after:
        # One draw for all of them, as that of Keras.
        parts.append(others((after * units,), **kwargs))
    return ops.concatenate(parts)
