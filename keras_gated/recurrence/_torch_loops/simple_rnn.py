"""The tanh unit's loops on PyTorch."""

from typing import Any

import torch

from keras_gated._types import Tensors
from keras_gated.recurrence._torch_loops.buffers import (
    add_recurrent_gradient,
    gradient_history,
    history,
    holding,
    projected_inputs,
)
from keras_gated.recurrence.equations import drop, product_gradient
from keras_gated.recurrence.operands import Operands, projection_gradients


class SimpleRNNLoop:
    """States: the output."""

    def forward(self, operands: Operands, save: bool) -> tuple[Tensors, Any]:
        states, weights, valid = operands.states, operands.weights, operands.valid
        dropout_mask = operands.dropout_mask
        projected = projected_inputs(operands)
        (recurrent_kernel,) = weights
        outputs = history(states[0], len(projected))
        total, output = projected.unbind(), outputs.unbind()
        hold = holding(valid, projected)
        if hold is not None:
            keep, held = (1 - hold).unbind(), hold.unbind()

        for t in range(len(projected)):
            seen = drop(output[t], dropout_mask)
            torch.tanh(total[t].addmm_(seen, recurrent_kernel), out=output[t + 1])
            if hold is not None:
                output[t + 1].mul_(keep[t]).addcmul_(held[t], output[t])
        results = (outputs[1:], outputs[-1])
        return results, (operands, outputs, hold)

    def backward(self, residuals: Any, gradients: Tensors, to_inputs: bool) -> Any:
        operands, outputs, hold = residuals
        weights, dropout_mask = operands.weights, operands.dropout_mask
        back = weights[0].t()
        d_outputs = gradient_history(*gradients)
        # Holds the slopes of tanh, until the loop turns them into gradients.
        d_projected = 1 - outputs[1:] * outputs[1:]
        if hold is not None:
            d_projected *= 1 - hold
            held = hold.unbind()
        d_output, d_total = d_outputs.unbind(), d_projected.unbind()

        for t in range(len(d_total) - 1, -1, -1):
            d_total[t].mul_(d_output[t + 1])
            if hold is not None:
                d_output[t].addcmul_(held[t], d_output[t + 1])
            add_recurrent_gradient(d_output[t], d_total[t], back, dropout_mask)

        seen = drop(outputs[:-1], dropout_mask)
        d_weights = (product_gradient(seen, d_projected),)
        d_inputs, d_projection = projection_gradients(operands, d_projected, to_inputs)
        return d_inputs, (d_outputs[0],), d_projection, d_weights
