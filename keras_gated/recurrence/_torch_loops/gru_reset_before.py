"""The loops on PyTorch of the GRU whose reset gate acts before the product."""

from typing import Any

import torch

from keras_gated._types import Tensors
from keras_gated.recurrence._torch_loops.buffers import (
    chunks,
    gradient_history,
)
from keras_gated.recurrence._torch_loops.gru import prepared
from keras_gated.recurrence.equations import drop, product_gradient
from keras_gated.recurrence.operands import Operands, projection_gradients


class GRUResetBeforeLoop:
    """States: the output. Gates: z, r, h."""

    def forward(self, operands: Operands, save: bool) -> tuple[Tensors, Any]:
        projected, outputs, z_and_r, z, r, candidate = prepared(operands)
        to_both, to_candidate = operands.weights
        dropout_mask = operands.dropout_mask
        output = outputs.unbind()

        for t in range(len(projected)):
            seen = drop(output[t], dropout_mask)
            z_and_r[t].addmm_(seen, to_both).sigmoid_()
            candidate[t].addmm_(r[t] * seen, to_candidate).tanh_()
            torch.lerp(candidate[t], output[t], z[t], out=output[t + 1])
        results = (outputs[1:], outputs[-1])
        return results, (operands, projected, outputs)

    def backward(self, residuals: Any, gradients: Tensors, to_inputs: bool) -> Any:
        operands, projected, outputs = residuals
        weights, dropout_mask = operands.weights, operands.dropout_mask
        d_outputs = gradient_history(*gradients)
        gates = projected.unflatten(-1, (3, -1))
        d_projected = torch.empty_like(projected)
        d_gates = d_projected.unflatten(-1, (3, -1))
        seen = drop(outputs[:-1], dropout_mask)
        units = outputs.shape[-1]
        from_both, from_candidate = (weight.t() for weight in weights)

        for chunk in chunks(len(projected), outputs[0]):
            z, r, candidate = gates[chunk].unbind(2)
            outer = torch.empty_like(gates[chunk][:, :, ::2])
            torch.mul(outputs[:-1][chunk] - candidate, z * (1 - z), out=outer[:, :, 0])
            torch.mul(1 - z, 1 - candidate * candidate, out=outer[:, :, 1])
            of_outer, of_r = outer.unbind(), (seen[chunk] * r * (1 - r)).unbind()
            z, r = z.unbind(), r.unbind()
            d_outer = d_gates[chunk][:, :, ::2].unbind()
            d_both = d_projected[chunk][:, :, : 2 * units].unbind()
            d_r, d_candidate = (gate.unbind() for gate in d_gates[chunk].unbind(2)[1:])
            d_history = d_outputs[chunk.start : chunk.stop + 1]
            d_output, d_spread = d_history.unbind(), d_history.unsqueeze(2).unbind()

            for t in range(chunk.stop - chunk.start - 1, -1, -1):
                torch.mul(d_spread[t + 1], of_outer[t], out=d_outer[t])
                d_reset = d_candidate[t] @ from_candidate
                torch.mul(d_reset, of_r[t], out=d_r[t])
                d_output[t].addcmul_(d_output[t + 1], z[t])
                if dropout_mask is None:
                    d_output[t].addcmul_(d_reset, r[t]).addmm_(d_both[t], from_both)
                else:
                    d_seen = d_reset.mul_(r[t]).addmm_(d_both[t], from_both)
                    d_output[t].addcmul_(d_seen, dropout_mask)

        d_both, d_candidate = d_projected.split([2 * units, units], dim=-1)
        d_weights = (
            product_gradient(seen, d_both),
            product_gradient(gates[:, :, 1] * seen, d_candidate),
        )
        d_inputs, d_projection = projection_gradients(operands, d_projected, to_inputs)
        return d_inputs, (d_outputs[0],), d_projection, d_weights
