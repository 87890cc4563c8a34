"""Memory and order of work of the loops on PyTorch."""

from collections.abc import Iterator

import torch

from keras_gated._types import Tensor
from keras_gated.recurrence.operands import Operands

CHUNK_NUMBERS = 2**16
"""How many numbers of a state the Jacobians of a chunk are formed for: few enough to be
little memory, many enough to be worth the operations."""


def projected_inputs(operands: Operands) -> Tensor:
    """The projection of all steps, in memory of its own that a loop may overwrite."""
    inputs, (kernel, *bias) = operands.inputs, operands.projection
    flat = inputs.flatten(0, 1)
    total = torch.addmm(bias[0], flat, kernel) if bias else flat @ kernel
    return total.unflatten(0, inputs.shape[:2])


def history(first: Tensor, steps: int) -> Tensor:
    """Room for a state before every step and after the last one; `first` is in it."""
    states = first.new_empty((steps + 1, *first.shape))
    states[0] = first
    return states


def gradient_history(d_outputs: Tensor, d_last: Tensor) -> Tensor:
    """The gradients of the outputs, shifted as in `history`, for the loop to add to."""
    gradients = history(torch.zeros_like(d_last), len(d_outputs))
    gradients[1:] = d_outputs
    gradients[-1] += d_last
    return gradients


def holding(valid: Tensor | None, like: Tensor) -> Tensor | None:
    """1 where a step is masked, 0 elsewhere."""
    return None if valid is None else (~valid).to(like.dtype)


def chunks(steps: int, like: Tensor) -> Iterator[slice]:
    """Slices of time for the backward loop, the last one first."""
    length = max(1, CHUNK_NUMBERS // max(1, like.numel()))
    for end in range(steps, 0, -length):
        yield slice(max(0, end - length), end)


def add_recurrent_gradient(
    d_output: Tensor, d_total: Tensor, back: Tensor, dropout_mask: Tensor | None
) -> None:
    """Adds to the gradient of an output what it has through the next step's sums."""
    if dropout_mask is None:
        d_output.addmm_(d_total, back)
    else:
        d_output.addcmul_(d_total @ back, dropout_mask)
