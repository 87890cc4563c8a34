"""The tanh unit's loops on a GPU."""

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
from keras_gated.recurrence._torch_gpu.kernels import simple_rnn as kernels
from keras_gated.recurrence._torch_gpu.launches import Sizes, plan, sweep
from keras_gated.recurrence._torch_loops.buffers import projected_inputs
from keras_gated.recurrence.equations import product_gradient
from keras_gated.recurrence.operands import Operands, projection_gradients


class SimpleRNNLoop:
    """States: the output."""

    def forward(self, operands: Operands, save: bool) -> tuple[Tensors, Any]:
        projected, (output,) = projected_inputs(operands), operands.states
        sizes = Sizes.of(projected, output)
        outputs = history(output, sizes.steps)
        sweep(
            kernels.forward,
            (outputs,),
            (projected, *operands.weights, operands.valid, operands.dropout_mask),
            sizes,
            plan(sizes, operands.weights),
        )
        return (outputs[:, 1:], outputs[:, -1]), (operands, outputs)

    def backward(self, residuals: Any, gradients: Tensors, to_inputs: bool) -> Any:
        operands, outputs = residuals
        d_outputs, d_last = gradients
        (recurrent_kernel,), dropout_mask = operands.weights, operands.dropout_mask
        sizes = Sizes.of(d_outputs, d_outputs)
        d_outputs = d_outputs.contiguous()
        d_projected, d_output = torch.empty_like(d_outputs), both(d_last)
        sweep(
            kernels.backward,
            (d_projected, d_output),
            (outputs, d_outputs, recurrent_kernel, operands.valid, dropout_mask),
            sizes,
            plan(sizes, operands.weights),
        )
        d_weights = (product_gradient(seen(outputs, dropout_mask), d_projected),)
        d_first = first_gradient(
            last(d_output, sizes.steps),
            d_projected[:, 0] @ recurrent_kernel.t(),
            dropout_mask,
        )
        d_inputs, d_projection = projection_gradients(operands, d_projected, to_inputs)
        return d_inputs, (d_first,), d_projection, d_weights
