"""What the loops on PyTorch of both GRUs begin with."""

from typing import NamedTuple

import torch

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence._torch_loops.buffers import history, projected_inputs
from keras_gated.recurrence.operands import Operands


class Buffers(NamedTuple):
    """Memory for all steps, and views of it for each."""

    projected: Tensor
    outputs: Tensor
    z_and_r: Tensors
    z: Tensors
    r: Tensors
    candidate: Tensors


def prepared(operands: Operands) -> Buffers:
    """The buffers before the first step.

    A masked step is one whose update gate is open: it keeps the output by itself.
    """
    projected = projected_inputs(operands)
    gates = projected.unflatten(-1, (3, -1))
    if operands.valid is not None:
        gates[:, :, 0].masked_fill_(~operands.valid, torch.inf)
    units = gates.shape[-1]
    return Buffers(
        projected,
        history(operands.states[0], len(projected)),
        projected[:, :, : 2 * units].unbind(),
        *(gate.unbind() for gate in gates.unbind(2)),
    )
