"""The LSTM's loops on PyTorch."""

from typing import Any

import torch

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence._torch_loops.buffers import (
    add_recurrent_gradient,
    chunks,
    gradient_history,
    history,
    holding,
    projected_inputs,
)
from keras_gated.recurrence.equations import drop, product_gradient, sum_gradient
from keras_gated.recurrence.operands import Operands, projection_gradients


class LSTMLoop:
    """States: output and cell state. Gates: i, f, c, o. Peepholes: i, f, o.

    A masked step is one whose input and output gates are shut and whose forget gate is
    open: it keeps the cell state by itself, and all its Jacobians come out right.
    """

    def forward(self, operands: Operands, save: bool) -> tuple[Tensors, Any]:
        states, weights, valid = operands.states, operands.weights, operands.valid
        dropout_mask = operands.dropout_mask
        projected = projected_inputs(operands)
        recurrent_kernel, *peepholes = weights
        steps = len(projected)
        outputs, carries = (history(state, steps) for state in states)
        gates = projected.unflatten(-1, (4, -1))
        if valid is not None:
            gates[:, :, 0].masked_fill_(~valid, -torch.inf)
            gates[:, :, 1].masked_fill_(~valid, torch.inf)
            gates[:, :, 3].masked_fill_(~valid, -torch.inf)
        i, f, candidate, o = (gate.unbind() for gate in gates.unbind(2))
        input_and_forget = gates[:, :, :2].unbind()
        total, output, carry = projected.unbind(), outputs.unbind(), carries.unbind()
        seen_carry = carries.unsqueeze(2).unbind()
        hold = holding(valid, projected)
        held = None if hold is None else hold.unbind()
        squashed = torch.empty_like(states[0])
        if peepholes:
            to_input_and_forget, to_output = peepholes[0][:2], peepholes[0][2]

        for t in range(steps):
            seen = drop(output[t], dropout_mask)
            total[t].addmm_(seen, recurrent_kernel)
            if peepholes:
                input_and_forget[t].addcmul_(seen_carry[t], to_input_and_forget)
            input_and_forget[t].sigmoid_()
            candidate[t].tanh_()
            following = carry[t + 1]
            torch.mul(f[t], carry[t], out=following)
            following.addcmul_(i[t], candidate[t])
            if peepholes:
                o[t].addcmul_(following, to_output)
            o[t].sigmoid_()
            torch.tanh(following, out=squashed)
            torch.mul(o[t], squashed, out=output[t + 1])
            if held is not None:
                output[t + 1].addcmul_(held[t], output[t])
        results = (outputs[1:], outputs[-1], carries[-1])
        return results, (operands, projected, outputs, carries, hold)

    def backward(self, residuals: Any, gradients: Tensors, to_inputs: bool) -> Any:
        operands, projected, outputs, carries, hold = residuals
        weights, dropout_mask = operands.weights, operands.dropout_mask
        d_outputs, d_last, d_carry = gradients
        recurrent_kernel, *peepholes = weights
        back = recurrent_kernel.t()
        gates = projected.unflatten(-1, (4, -1))
        d_projected = torch.empty_like(projected)
        d_output_history = gradient_history(d_outputs, d_last)

        for chunk in chunks(len(projected), d_last):
            of_gates, of_output, of_carry, through = self._jacobians(
                gates[chunk], carries[chunk], carries[1:][chunk], peepholes
            )
            d_total = d_projected[chunk]
            d_gates = d_total.unflatten(-1, (4, -1))
            d_inner, d_o = d_gates[:, :, :3].unbind(), d_gates[:, :, 3].unbind()
            d_total = d_total.unbind()
            d_output = d_output_history[chunk.start : chunk.stop + 1].unbind()
            d_inside = torch.empty_like(of_carry)
            d_spread, d_inside = d_inside.unsqueeze(2).unbind(), d_inside.unbind()
            held = None if hold is None else hold[chunk].unbind()
            of_gates, of_output = of_gates.unbind(), of_output.unbind()
            of_carry, through = of_carry.unbind(), through.unbind()

            for t in range(chunk.stop - chunk.start - 1, -1, -1):
                d = d_output[t + 1]
                torch.addcmul(d_carry, d, of_carry[t], out=d_inside[t])
                torch.mul(d_spread[t], of_gates[t], out=d_inner[t])
                torch.mul(d, of_output[t], out=d_o[t])
                d_carry = d_inside[t] * through[t]
                if held is not None:
                    d_output[t].addcmul_(held[t], d)
                add_recurrent_gradient(d_output[t], d_total[t], back, dropout_mask)

        seen = drop(outputs[:-1], dropout_mask)
        d_weights: Tensors = (product_gradient(seen, d_projected),)
        if peepholes:
            d_i, d_f, _, d_o = d_projected.chunk(4, -1)
            parts = (d_i * carries[:-1], d_f * carries[:-1], d_o * carries[1:])
            d_weights += (torch.stack([sum_gradient(part) for part in parts]),)
        d_inputs, d_projection = projection_gradients(operands, d_projected, to_inputs)
        return d_inputs, (d_output_history[0], d_carry), d_projection, d_weights

    @staticmethod
    def _jacobians(
        gates: Tensor, before: Tensor, after: Tensor, peepholes: list[Tensor]
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Derivatives of one step, of many at once.

        Those of the sums in i, f, c to the cell state, that of the sum in o to the
        output, and of the cell state to the output and to the one before it.
        """
        i, f, candidate, o = gates.unbind(2)
        squashed = torch.tanh(after)
        of_output = squashed * o * (1 - o)
        of_carry = o * (1 - squashed * squashed)
        of_gates = torch.empty_like(gates[:, :, :3])
        torch.mul(candidate * i, 1 - i, out=of_gates[:, :, 0])
        torch.mul(before * f, 1 - f, out=of_gates[:, :, 1])
        torch.mul(i, 1 - candidate * candidate, out=of_gates[:, :, 2])
        if not peepholes:
            return of_gates, of_output, of_carry, f
        to_i, to_f, to_o = peepholes[0]
        of_carry.addcmul_(of_output, to_o)
        through = f + of_gates[:, :, 0] * to_i + of_gates[:, :, 1] * to_f
        return of_gates, of_output, of_carry, through
