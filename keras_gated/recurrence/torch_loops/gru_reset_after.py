"""The loops on PyTorch of the GRU whose reset gate acts after the product."""

from typing import Any

import torch

from keras_gated.recurrence.operands import Operands, projection_gradients
from keras_gated.recurrence.torch_loops.buffers import (
    chunks,
    gradient_history,
    history,
    projected_inputs,
)
from keras_gated.recurrence.units.unit import product_gradient
from keras_gated.types import Tensors


class GRUResetAfterLoop:
    """States: the output. Gates: z, r, h.

    A masked step is one whose update gate is open: it keeps the output by itself.
    """

    def forward(self, operands: Operands, save: bool) -> tuple[Tensors, Any]:
        _, states, _, weights, valid, dropout_mask = operands
        projected = projected_inputs(operands)
        recurrent_kernel, *bias = weights
        outputs = history(states[0], len(projected))
        gates = projected.unflatten(-1, (3, -1))
        if valid is not None:
            gates[:, :, 0].masked_fill_(~valid, torch.inf)
        z, r, candidate = (gate.unbind() for gate in gates.unbind(2))
        units = states[0].shape[-1]
        both, output = projected[:, :, : 2 * units].unbind(), outputs.unbind()
        products = torch.empty_like(outputs[1:])
        product_candidate = products.unbind()

        for t in range(len(projected)):
            seen = output[t] if dropout_mask is None else output[t] * dropout_mask
            product = (
                torch.addmm(bias[0], seen, recurrent_kernel)
                if bias
                else seen @ recurrent_kernel
            )
            both[t].add_(product[:, : 2 * units]).sigmoid_()
            product_candidate[t].copy_(product[:, 2 * units :])
            candidate[t].addcmul_(r[t], product_candidate[t]).tanh_()
            torch.lerp(candidate[t], output[t], z[t], out=output[t + 1])
        results = (outputs[1:], outputs[-1])
        return results, (operands, projected, outputs, products)

    def backward(self, residuals: Any, gradients: Tensors, to_inputs: bool) -> Any:
        operands, projected, outputs, products = residuals
        weights, dropout_mask = operands.weights, operands.dropout_mask
        back = weights[0].t()
        d_outputs = gradient_history(*gradients)
        gates = projected.unflatten(-1, (3, -1))
        d_products = torch.empty_like(projected)
        d_projected = torch.empty_like(projected)

        for chunk in chunks(len(projected), outputs[0]):
            z, r, candidate = gates[chunk].unbind(2)
            of_product = torch.empty_like(gates[chunk])
            of_candidate = (1 - z) * (1 - candidate * candidate)
            torch.mul(
                outputs[:-1][chunk] - candidate, z * (1 - z), out=of_product[:, :, 0]
            )
            torch.mul(
                of_candidate * products[chunk], r * (1 - r), out=of_product[:, :, 1]
            )
            torch.mul(of_candidate, r, out=of_product[:, :, 2])
            d_gates = d_products[chunk].unflatten(-1, (3, -1)).unbind()
            d_history = d_outputs[chunk.start : chunk.stop + 1]
            d_output, d_spread = d_history.unbind(), d_history.unsqueeze(2).unbind()
            d_product, open_gate = d_products[chunk].unbind(), z.unbind()
            of_sums = of_product.unbind()

            for t in range(chunk.stop - chunk.start - 1, -1, -1):
                torch.mul(d_spread[t + 1], of_sums[t], out=d_gates[t])
                d_output[t].addcmul_(d_output[t + 1], open_gate[t])
                if dropout_mask is None:
                    d_output[t].addmm_(d_product[t], back)
                else:
                    d_output[t].addcmul_(d_product[t] @ back, dropout_mask)
            d_total = d_projected[chunk]
            units = outputs.shape[-1]
            d_total[:, :, : 2 * units] = d_products[chunk][:, :, : 2 * units]
            torch.mul(d_history[1:], of_candidate, out=d_total[:, :, 2 * units :])

        seen = outputs[:-1] if dropout_mask is None else outputs[:-1] * dropout_mask
        d_weights = (product_gradient(seen, d_products), d_products.sum((0, 1)))
        d_inputs, d_projection = projection_gradients(operands, d_projected, to_inputs)
        return d_inputs, (d_outputs[0],), d_projection, d_weights[: len(weights)]
