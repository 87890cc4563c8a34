"""Tensors that the kernels work on, and what is left when they are done."""

import torch

from keras_gated._types import Tensor
from keras_gated.recurrence.equations import drop
from keras_gated.recurrence.operands import Operands


def contiguous(operands: Operands) -> Operands:
    """The same operands, each in memory as the kernels walk through it."""
    arguments = tuple(x.contiguous() for x in operands.arguments)
    constants = (x if x is None else x.contiguous() for x in operands.constants)
    valid, *others = constants
    if valid is not None:
        valid = valid.view(torch.uint8)
    return operands.like(arguments, (valid, *others))


def history(first: Tensor, steps: int) -> Tensor:
    """Room for a state before every step and after the last one; `first` is in it."""
    batch, units = first.shape
    states = first.new_empty((batch, steps + 1, units))
    states[:, 0] = first
    return states


def both(first: Tensor) -> Tensor:
    """A state in float32, once before and once after a step; `first` is in it."""
    batch, units = first.shape
    states = first.new_empty((2, batch, units), dtype=torch.float32)
    states[0] = first
    return states


def last(states: Tensor, steps: int) -> Tensor:
    """The state after so many steps, of those in `both`."""
    return states[steps % 2]


def seen(outputs: Tensor, dropout_mask: Tensor | None) -> Tensor:
    """What the steps saw of the outputs before them, of the history of these."""
    mask = None if dropout_mask is None else dropout_mask.unsqueeze(1)
    return drop(outputs[:, :-1], mask)


def first_gradient(
    held: Tensor, through: Tensor, dropout_mask: Tensor | None
) -> Tensor:
    """The gradient of the first output.

    Args:
        held: What it has through the states that a step holds, in float32.
        through: What it has through the recurrent input of the first step.
        dropout_mask: The mask of that.
    """
    return (held + drop(through, dropout_mask)).to(through.dtype)
