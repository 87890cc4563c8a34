"""The loops on PyTorch of the GRU whose reset gate acts after the product."""

from typing import Any

import torch

from keras_gated._types import Tensors
from keras_gated.recurrence._torch_loops.buffers import (
    add_recurrent_gradient,
    chunks,
    gradient_history,
)
from keras_gated.recurrence._torch_loops.gru import prepared
from keras_gated.recurrence.equations import drop, product_gradient, sum_gradient
from keras_gated.recurrence.operands import Operands, projection_gradients


class GRUResetAfterLoop:
    """States: the output. Gates: z, r, h."""

    def forward(self, operands: Operands, save: bool) -> tuple[Tensors, Any]:
        projected, outputs, z_and_r, z, r, candidate = prepared(operands)
        dropout_mask, (recurrent_kernel, *bias) = (
            operands.dropout_mask,
            operands.weights,
        )
        output, units = outputs.unbind(), outputs.shape[-1]
        products = torch.empty_like(outputs[1:])
        product_candidate = products.unbind()

        for t in range(len(projected)):
            seen = drop(output[t], dropout_mask)
            product = (
                torch.addmm(bias[0], seen, recurrent_kernel)
                if bias
                else seen @ recurrent_kernel
            )
            z_and_r[t].add_(product[:, : 2 * units]).sigmoid_()
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
                add_recurrent_gradient(d_output[t], d_product[t], back, dropout_mask)
            d_total = d_projected[chunk]
            units = outputs.shape[-1]
            d_total[:, :, : 2 * units] = d_products[chunk][:, :, : 2 * units]
            torch.mul(d_history[1:], of_candidate, out=d_total[:, :, 2 * units :])

        seen = drop(outputs[:-1], dropout_mask)
        d_weights = (product_gradient(seen, d_products), sum_gradient(d_products))
        d_inputs, d_projection = projection_gradients(operands, d_projected, to_inputs)
        return d_inputs, (d_outputs[0],), d_projection, d_weights[: len(weights)]
