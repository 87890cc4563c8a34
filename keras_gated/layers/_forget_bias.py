"""Where the bias of a forget gate starts."""

import math
from functools import partial
from numbers import Real
from typing import Any, TypeAlias

import keras
from keras import ops

from keras_gated._types import InitializerLike, Shape, Tensor
from keras_gated.initializers import Chrono

ForgetBias: TypeAlias = bool | float | keras.initializers.Initializer
"""`True` for 1, `False` for what the other biases start with, a number, or an
initializer."""


class ForgetBiasCell(keras.layers.LSTMCell):
    """An LSTM cell whose `unit_forget_bias` may be a number or an initializer.

    Args:
        units: Number of units.
        *args: Further ones of `keras.layers.LSTMCell`, in its order.
        **kwargs: All other arguments of `keras.layers.LSTMCell`.

    Raises:
        ValueError: If `unit_forget_bias` is neither a finite number nor an initializer.
    """

    unit_forget_bias: ForgetBias
    bias_initializer: InitializerLike

    def __init__(self, units: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(units, *args, **kwargs)
        self.unit_forget_bias = _checked(self.unit_forget_bias, type(self).__name__)

    @property
    def columns(self) -> tuple[str, ...]:
        """What each block of columns of the kernels and of the bias belongs to."""
        return ("input_gate", "forget_gate", "candidate", "output_gate")

    @property
    def starting_bias(self) -> Any:
        """The initializer of the bias of all columns."""
        return partial(
            _initial_bias,
            columns=self.columns,
            start=self.unit_forget_bias,
            others=self.bias_initializer,
        )

    def build(self, input_shape: Shape) -> None:
        given = self.bias_initializer, self.unit_forget_bias
        # Keras starts it at 1 or leaves it to the initializer of all.
        self.bias_initializer, self.unit_forget_bias = self.starting_bias, False
        try:
            super().build(input_shape)
        finally:
            self.bias_initializer, self.unit_forget_bias = given

    def get_config(self) -> dict[str, Any]:
        start = self.unit_forget_bias
        if isinstance(start, keras.initializers.Initializer):
            start = keras.initializers.serialize(start)
        return {**super().get_config(), "unit_forget_bias": start}


def _checked(given: Any, name: str) -> ForgetBias:
    """What a cell was given as `unit_forget_bias`, itself or by its config."""
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


def _initial_bias(
    shape: tuple[int, ...],
    columns: tuple[str, ...],
    start: ForgetBias,
    others: InitializerLike,
    **kwargs: Any,
) -> Tensor:
    """The bias of all columns; before the forget gate there is the input gate or none.

    With `Chrono` the input gate's is the negative of the forget gate's.
    """
    if start is False or "forget_gate" not in columns:
        return others(shape, **kwargs)
    if isinstance(start, bool | float):
        start = keras.initializers.Constant(float(start))
    units = shape[0] // len(columns)
    before = columns.index("forget_gate")
    after = len(columns) - 1 - before
    forget = start((units,), **kwargs)
    parts = [forget]
    if before and isinstance(start, Chrono):
        parts.insert(0, -forget)
    elif before:
        parts.insert(0, others((before * units,), **kwargs))
    if after:
        # One draw for all of them, as that of Keras.
        parts.append(others((after * units,), **kwargs))
    return ops.concatenate(parts)
