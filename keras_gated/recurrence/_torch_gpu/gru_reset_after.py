"""The loops on a GPU of the GRU whose reset gate acts after the product."""

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
from keras_gated.recurrence._torch_gpu.kernels import gru_reset_after as kernels
from keras_gated.recurrence._torch_gpu.launches import Sizes, plan, sweep
from keras_gated.recurrence._torch_loops.buffers import projected_inputs
from keras_gated.recurrence.equations import product_gradient, sum_gradient
from keras_gated.recurrence.operands import Operands, projection_gradients


class GRUResetAfterLoop:
    """States: the output. Gates: z, r, h."""

    def forward(self, operands: Operands, save: bool) -> tuple[Tensors, Any]:
        recurrent_kernel, *bias = operands.weights
        gates, (output,) = projected_inputs(operands), operands.states
        sizes = Sizes.of(gates, output)
        outputs = history(output, sizes.steps)
        products = torch.empty_like(outputs[:, 1:]).contiguous() if save else None
        sweep(
            kernels.forward,
            (gates, outputs, products, both(output)),
            (
                *(recurrent_kernel, bias[0] if bias else None),
                *(operands.valid, operands.dropout_mask),
            ),
            sizes,
            plan(sizes, (recurrent_kernel,)),
        )
        results = (outputs[:, 1:], outputs[:, -1])
        return results, (operands, gates, outputs, products)

    def backward(self, residuals: Any, gradients: Tensors, to_inputs: bool) -> Any:
        operands, gates, outputs, products = residuals
        recurrent_kernel, dropout_mask = operands.weights[0], operands.dropout_mask
        d_outputs, d_last = gradients
        sizes = Sizes.of(d_outputs, d_outputs)
        d_products, d_candidates = torch.empty_like(gates), torch.empty_like(products)
        d_output = both(d_last)
        sweep(
            kernels.backward,
            (d_products, d_candidates, d_output),
            (
                *(gates, outputs, products, d_outputs.contiguous()),
                *(recurrent_kernel, operands.valid, dropout_mask),
            ),
            sizes,
            plan(sizes, (recurrent_kernel,)),
        )
        d_weights = (
            product_gradient(seen(outputs, dropout_mask), d_products),
            sum_gradient(d_products),
        )
        d_first = first_gradient(
            last(d_output, sizes.steps),
            d_products[:, 0] @ recurrent_kernel.t(),
            dropout_mask,
        )
        # But for the reset gate before the candidates they are those of the sums.
        d_projected = d_products
        d_projected[:, :, 2 * sizes.units :] = d_candidates
        d_inputs, d_projection = projection_gradients(operands, d_projected, to_inputs)
        count = len(operands.weights)
        return d_inputs, (d_first,), d_projection, d_weights[:count]
