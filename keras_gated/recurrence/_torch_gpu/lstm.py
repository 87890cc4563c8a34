"""The LSTM's loops on a GPU."""

from typing import Any

import torch

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence._torch_gpu.buffers import (
    both,
    first_gradient,
    history,
    last,
    seen,
)
from keras_gated.recurrence._torch_gpu.kernels import lstm as kernels
from keras_gated.recurrence._torch_gpu.launches import Sizes, plan, sweep
from keras_gated.recurrence._torch_loops.buffers import projected_inputs
from keras_gated.recurrence.equations import product_gradient, sum_gradient
from keras_gated.recurrence.operands import Operands, projection_gradients


class LSTMLoop:
    """States: output and cell state. Gates: i, f, c, o. Peepholes: i, f, o."""

    def forward(self, operands: Operands, save: bool) -> tuple[Tensors, Any]:
        recurrent_kernel, peepholes = _weights(operands)
        gates = projected_inputs(operands)
        output, carry = operands.states
        sizes = Sizes.of(gates, output)
        outputs, carry_now = history(output, sizes.steps), both(carry)
        carries = history(carry, sizes.steps) if save else None
        sweep(
            kernels.forward,
            (gates, outputs, carries, carry_now),
            (recurrent_kernel, peepholes, operands.valid, operands.dropout_mask),
            sizes,
            plan(sizes, (recurrent_kernel,)),
        )
        last_carry = last(carry_now, sizes.steps).to(carry.dtype)
        results = (outputs[:, 1:], outputs[:, -1], last_carry)
        return results, (operands, gates, outputs, carries)

    def backward(self, residuals: Any, gradients: Tensors, to_inputs: bool) -> Any:
        operands, gates, outputs, carries = residuals
        recurrent_kernel, peepholes = _weights(operands)
        dropout_mask = operands.dropout_mask
        d_outputs, d_last_output, d_last_carry = gradients
        sizes = Sizes.of(d_outputs, d_outputs)
        d_gates = torch.empty_like(gates)
        d_output, d_carry = both(d_last_output), both(d_last_carry)
        sweep(
            kernels.backward,
            (d_gates, d_output, d_carry),
            (
                *(gates, carries, d_outputs.contiguous()),
                *(recurrent_kernel, peepholes, operands.valid, dropout_mask),
            ),
            sizes,
            plan(sizes, (recurrent_kernel,)),
        )
        d_weights: Tensors = (product_gradient(seen(outputs, dropout_mask), d_gates),)
        if peepholes is not None:
            before, after = carries[:, :-1], carries[:, 1:]
            d_i, d_f, _, d_o = d_gates.chunk(4, -1)
            parts = (d_i * before, d_f * before, d_o * after)
            d_weights += (torch.stack([sum_gradient(part) for part in parts]),)
        d_first = first_gradient(
            last(d_output, sizes.steps),
            d_gates[:, 0] @ recurrent_kernel.t(),
            dropout_mask,
        )
        d_first_carry = last(d_carry, sizes.steps).to(d_first.dtype)
        d_inputs, d_projection = projection_gradients(operands, d_gates, to_inputs)
        return d_inputs, (d_first, d_first_carry), d_projection, d_weights


def _weights(operands: Operands) -> tuple[Tensor, Tensor | None]:
    """The recurrent kernel, and the peepholes if there are any."""
    recurrent_kernel, *peepholes = operands.weights
    return recurrent_kernel, peepholes[0] if peepholes else None
