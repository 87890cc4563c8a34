"""The loops on PyTorch of the LSTM with parts taken out or tied."""

from collections.abc import Sequence
from dataclasses import dataclass
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
from keras_gated.recurrence.equations import (
    Activation,
    LSTMVariant,
    drop,
    product_gradient,
    sum_gradient,
)
from keras_gated.recurrence.operands import Operands, projection_gradients


@dataclass(frozen=True)
class LSTMVariantLoop:
    """States: output and cell state. Columns and peepholes: those of the equations."""

    equations: LSTMVariant

    def forward(self, operands: Operands, save: bool) -> tuple[Tensors, Any]:
        states, weights, valid = operands.states, operands.weights, operands.valid
        dropout_mask = operands.dropout_mask
        projected = projected_inputs(operands)
        recurrent_kernel, *peepholes = weights
        steps, early = len(projected), self._early_gates
        outputs, carries = (history(state, steps) for state in states)
        columns = projected.unflatten(-1, (len(self.equations.columns), -1))
        early_gates, seen_carry = columns[:, :, :early], carries.unsqueeze(2).unbind()
        gates = {name: part.unbind() for name, part in self._parts(columns).items()}
        opening, total = early_gates.unbind(), projected.unbind()
        output, carry = outputs.unbind(), carries.unbind()

        for t in range(steps):
            total[t].addmm_(drop(output[t], dropout_mask), recurrent_kernel)
            if peepholes and early:
                opening[t].addcmul_(seen_carry[t], peepholes[0][:early])
            if early:
                opening[t].sigmoid_()
            if self.equations.activation is torch.tanh:
                gates["candidate"][t].tanh_()
            parts = {name: steps[t] for name, steps in gates.items()}
            self._update(parts, carry[t], out=carry[t + 1])
            squashed = self.equations.output_activation(carry[t + 1])
            if self.equations.use_output_gate:
                o = parts["output_gate"]
                if peepholes:
                    o.addcmul_(carry[t + 1], peepholes[0][-1])
                torch.mul(o.sigmoid_(), squashed, out=output[t + 1])
            else:
                output[t + 1].copy_(squashed)
            if valid is not None:
                for state in output, carry:
                    torch.where(valid[t], state[t + 1], state[t], out=state[t + 1])
        results = (outputs[1:], outputs[-1], carries[-1])
        return results, (operands, projected, outputs, carries)

    @property
    def _early_gates(self) -> int:
        """How many gates see the cell state before the step: the first columns."""
        return len(self.equations.rows) - self.equations.use_output_gate

    def _parts(self, columns: Tensor) -> dict[str, Tensor]:
        """The gates and the candidate, from `(time, batch, columns, units)`."""
        return dict(zip(self.equations.columns, columns.unbind(2), strict=True))

    def _update(self, parts: dict[str, Tensor], carry: Tensor, out: Tensor) -> None:
        """Writes the cell state after a step whose one before is `carry`."""
        i, candidate = parts.get("input_gate"), parts["candidate"]
        if self.equations.coupled_gates:
            torch.lerp(carry, candidate, i, out=out)
            return
        if self.equations.use_forget_gate:
            carry = torch.mul(parts["forget_gate"], carry, out=out)
        if i is None:
            torch.add(carry, candidate, out=out)
        else:
            torch.addcmul(carry, i, candidate, out=out)

    def backward(self, residuals: Any, gradients: Tensors, to_inputs: bool) -> Any:
        operands, projected, outputs, carries = residuals
        weights, dropout_mask = operands.weights, operands.dropout_mask
        d_outputs, d_last, d_carry = gradients
        recurrent_kernel, *peepholes = weights
        back = recurrent_kernel.t()
        width = len(self.equations.columns)
        inner = width - self.equations.use_output_gate
        columns = projected.unflatten(-1, (width, -1))
        d_projected = torch.empty_like(projected)
        d_columns = d_projected.unflatten(-1, (width, -1))
        d_output_history = gradient_history(d_outputs, d_last)
        hold = holding(operands.valid, projected)

        for chunk in chunks(len(projected), d_last):
            held = None if hold is None else hold[chunk]
            of_inner, of_output, of_carry, through = self._jacobians(
                columns[chunk], carries[chunk], carries[1:][chunk], peepholes, held
            )
            d_total, d_inner = d_projected[chunk].unbind(), d_columns[chunk, :, :inner]
            d_inner = d_inner.unbind()
            d_output = d_output_history[chunk.start : chunk.stop + 1].unbind()
            for t in range(chunk.stop - chunk.start - 1, -1, -1):
                d = d_output[t + 1]
                d_inside = torch.addcmul(d_carry, d, of_carry[t])
                torch.mul(d_inside.unsqueeze(1), of_inner[t], out=d_inner[t])
                if of_output is not None:
                    torch.mul(d, of_output[t], out=d_columns[chunk.start + t, :, -1])
                d_carry = d_inside * through[t]
                if held is not None:
                    d_output[t].addcmul_(held[t], d)
                add_recurrent_gradient(d_output[t], d_total[t], back, dropout_mask)

        seen = drop(outputs[:-1], dropout_mask)
        d_weights: Tensors = (product_gradient(seen, d_projected),)
        if peepholes:
            d_weights += (self._peephole_gradients(d_columns, carries),)
        d_inputs, d_projection = projection_gradients(operands, d_projected, to_inputs)
        return d_inputs, (d_output_history[0], d_carry), d_projection, d_weights

    def _jacobians(
        self,
        columns: Tensor,
        before: Tensor,
        after: Tensor,
        peepholes: Sequence[Tensor],
        held: Tensor | None,
    ) -> tuple[Tensor, Tensor | None, Tensor, Tensor]:
        """Derivatives of one step, of many at once.

        Those of the sums in i, f, c to the cell state, that of the sum in o to the
        output, and of the cell state to the output and to the one before it. At a
        step that is held they are zero, but the last is 1.
        """
        equations, parts = self.equations, self._parts(columns)
        i, candidate = parts.get("input_gate"), parts["candidate"]
        squashed = equations.output_activation(after)
        of_carry = _slope(equations.output_activation, squashed)
        of_output = None
        if equations.use_output_gate:
            o = parts["output_gate"]
            of_carry = of_carry * o
            of_output = squashed * o * (1 - o)
            if peepholes:
                of_carry += of_output * peepholes[0][-1]

        of_candidate, through = (
            _slope(equations.activation, candidate),
            torch.ones_like(after),
        )
        inner = []
        if i is not None:
            entering = candidate - before if equations.coupled_gates else candidate
            inner.append(entering * i * (1 - i))
            of_candidate = of_candidate * i
        if equations.coupled_gates:
            through = 1 - parts["input_gate"]
        elif equations.use_forget_gate:
            through = parts["forget_gate"]
            inner.append(before * through * (1 - through))
        if peepholes:
            for of_gate, to_gate in zip(inner, peepholes[0], strict=False):
                through = through + of_gate * to_gate
        of_inner = torch.stack([*inner, of_candidate], dim=2)
        if held is not None:
            active = 1 - held
            of_inner, of_carry = of_inner * active.unsqueeze(2), of_carry * active
            of_output = None if of_output is None else of_output * active
            through = through * active + held
        return of_inner, of_output, of_carry, through

    def _peephole_gradients(self, d_columns: Tensor, carries: Tensor) -> Tensor:
        d, before, after = self._parts(d_columns), carries[:-1], carries[1:]
        return torch.stack(
            [
                sum_gradient(d[name] * (after if name == "output_gate" else before))
                for name in self.equations.rows
            ]
        )


def _slope(activation: Activation, value: Tensor) -> Tensor:
    """The derivative of tanh or the identity where it has this value."""
    return 1 - value * value if activation is torch.tanh else torch.ones_like(value)
