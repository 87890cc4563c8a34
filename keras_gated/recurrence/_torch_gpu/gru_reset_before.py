"""The loops on a GPU of the GRU whose reset gate acts before the product."""

from typing import Any

import torch

from keras_gated._types import Tensors
from keras_gated.recurrence._torch_gpu.buffers import (
    both,
    first_gradient,
    history,
    last,
    seen,
)
from keras_gated.recurrence._torch_gpu.kernels import gru_reset_before as kernels
from keras_gated.recurrence._torch_gpu.launches import Sizes, plan, sweep
from keras_gated.recurrence._torch_loops.buffers import projected_inputs
from keras_gated.recurrence.equations import product_gradient
from keras_gated.recurrence.operands import Operands, projection_gradients

PHASES = (1, 2)


class GRUResetBeforeLoop:
    """States: the output. Gates: z, r, h."""

    def forward(self, operands: Operands, save: bool) -> tuple[Tensors, Any]:
        gates, (output,) = projected_inputs(operands), operands.states
        sizes = Sizes.of(gates, output)
        outputs = history(output, sizes.steps)
        update = torch.empty_like(output, dtype=torch.float32)
        sweep(
            kernels.forward,
            (gates, outputs, both(output), update, torch.empty_like(output)),
            (*operands.weights, operands.valid, operands.dropout_mask),
            sizes,
            plan(sizes, operands.weights),
            phases=PHASES,
            SAVE=save,
        )
        return (outputs[:, 1:], outputs[:, -1]), (operands, gates, outputs)

    def backward(self, residuals: Any, gradients: Tensors, to_inputs: bool) -> Any:
        operands, gates, outputs = residuals
        to_both, dropout_mask = operands.weights[0], operands.dropout_mask
        d_outputs, d_last = gradients
        sizes = Sizes.of(d_outputs, d_outputs)
        d_projected, d_output = torch.empty_like(gates), both(d_last)
        d_seen = torch.zeros_like(d_last, dtype=torch.float32)
        sweep(
            kernels.backward,
            (d_projected, d_output, d_seen),
            (
                *(gates, outputs, d_outputs.contiguous()),
                *(*operands.weights, operands.valid, dropout_mask),
            ),
            sizes,
            plan(sizes, operands.weights),
            phases=PHASES,
        )
        d_both, d_candidate = d_projected.split([2 * sizes.units, sizes.units], dim=-1)
        before = seen(outputs, dropout_mask)
        d_weights = (
            product_gradient(before, d_both),
            product_gradient(gates.chunk(3, -1)[1] * before, d_candidate),
        )
        d_first = first_gradient(
            last(d_output, sizes.steps),
            d_both[:, 0] @ to_both.t() + d_seen.to(to_both.dtype),
            dropout_mask,
        )
        d_inputs, d_projection = projection_gradients(operands, d_projected, to_inputs)
        return d_inputs, (d_first,), d_projection, d_weights
