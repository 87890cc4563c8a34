"""A chain of symbols run step by step, in NumPy where it can be."""

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from keras_gated.generation._chain import is_recurrent
from keras_gated.generation._symbol_chain import SymbolChain
from keras_gated.recurrence import NativeStream
from keras_gated.streaming import Stream

Floats: TypeAlias = npt.NDArray[Any]
Step: TypeAlias = Callable[[Floats], Floats]
"""From `(batch, features)` to `(batch, units)`."""

SILENT = (
    keras.layers.Dropout,
    keras.layers.GaussianDropout,
    keras.layers.GaussianNoise,
    keras.layers.Identity,
)
"""Layers that do nothing at inference."""


class SymbolSteps:
    """The logits that follow each symbol, for some sequences side by side.

    Args:
        chain: The layers, whose weights are copied.
        batch_size: Number of sequences.
    """

    def __init__(self, chain: SymbolChain, batch_size: int) -> None:
        self._vectors = chain.vectors
        self._steps = list(_steps(chain, batch_size))
        head = chain.head
        self._kernel = ops.convert_to_numpy(head.kernel)
        self._bias = ops.convert_to_numpy(head.bias) if head.use_bias else 0

    def after(self, symbols: npt.NDArray[np.intp]) -> Floats:
        """Takes a step: from `(batch,)` symbols to `(batch, num_symbols)` logits."""
        x = self._vectors[symbols]
        for step in self._steps:
            x = step(x)
        return x @ self._kernel + self._bias


def _steps(chain: SymbolChain, batch_size: int) -> Iterator[Step]:
    for layer in chain.layers:
        if is_recurrent(layer):
            yield _recurrent_step(layer, batch_size)
        elif not isinstance(layer, SILENT):
            yield _step_of_keras(layer)


def _recurrent_step(layer: Any, batch_size: int) -> Step:
    equations = layer.cell.regularised_equations
    if NativeStream.refusal(equations, layer.compute_dtype) is None:
        return Stream(layer, batch_size).step
    states = layer.get_initial_state(batch_size)

    def step(x: Floats) -> Floats:
        nonlocal states
        output, states = layer.cell(ops.convert_to_tensor(x), states)
        return _numbers(output)

    return step


def _step_of_keras(layer: Any) -> Step:
    # It may expect a time axis.
    return lambda x: _numbers(layer(ops.convert_to_tensor(x[:, None])))[:, 0]


def _numbers(tensor: Any) -> Floats:
    # NumPy computes with bfloat16 one number at a time.
    wide = keras.backend.standardize_dtype(tensor.dtype) == "float64"
    return ops.convert_to_numpy(ops.cast(tensor, "float64" if wide else "float32"))
