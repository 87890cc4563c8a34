"""The long short-term memory, with peepholes or without."""

from keras import ops

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence.backend import matmul, tanh
from keras_gated.recurrence.equations.base import (
    EquationsWithDerivative,
    product_gradient,
    sum_gradient,
)


class LSTM(EquationsWithDerivative):
    """States: output and cell state. Weights: recurrent kernel, if any peepholes.

    Gates in the order i, f, c, o; rows of the peepholes in the order i, f, o.
    """

    activations = 4
    gates = ("input_gate", "forget_gate", "candidate", "output_gate")
    states = ("output", "carry")
    dropout_forms = ("gal", "semeniuta", "moon")

    def forward(
        self,
        projected: Tensor,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> tuple[Tensors, Tensors]:
        output, carry = before
        recurrent_kernel, *peepholes = weights
        seen = self.dropped("gal", output, dropout_mask)
        total = projected + matmul(seen, recurrent_kernel)
        i, f, candidate, o = ops.split(total, 4, axis=-1)
        if peepholes:
            to_i, to_f, to_o = ops.unstack(peepholes[0], 3)
            i, f = i + to_i * carry, f + to_f * carry
        i, f = self.recurrent_activation(i), self.recurrent_activation(f)
        candidate = self.activation(candidate)
        carry = self._carry(i, f, candidate, carry, dropout_mask)
        o = self.recurrent_activation(o + to_o * carry if peepholes else o)
        return (o * self.activation(carry), carry), (i, f, candidate, o)

    def backward(
        self,
        saved: Tensors,
        before: Tensors,
        output: Tensor,
        gradients: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> tuple[Tensor, Tensors]:
        i, f, candidate, o = saved
        carry = before[1]
        d_output, d_carry = gradients
        recurrent_kernel, *peepholes = weights
        squashed = tanh(self._carry(i, f, candidate, carry, dropout_mask))

        d_o = d_output * squashed * o * (1 - o)
        d_carry = d_carry + d_output * o * (1 - squashed * squashed)
        if peepholes:
            to_i, to_f, to_o = ops.unstack(peepholes[0], 3)
            d_carry = d_carry + d_o * to_o
        d_carry = self.dropped("moon", d_carry, dropout_mask)
        d_update = self.dropped("semeniuta", d_carry, dropout_mask)
        d_i = d_update * candidate * i * (1 - i)
        d_f = d_carry * carry * f * (1 - f)
        d_candidate = d_update * i * (1 - candidate * candidate)
        d_carry = d_carry * f
        if peepholes:
            d_carry = d_carry + d_i * to_i + d_f * to_f
        d_total = ops.concatenate([d_i, d_f, d_candidate, d_o], axis=-1)
        d_seen = matmul(d_total, ops.transpose(recurrent_kernel))
        return d_total, (self.dropped("gal", d_seen, dropout_mask), d_carry)

    def weight_gradients(
        self,
        gradient: Tensor,
        saved: Tensors,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> Tensors:
        output, carry = before
        seen = self.dropped("gal", output, dropout_mask)
        recurrent = product_gradient(seen, gradient)
        if len(weights) == 1:
            return (recurrent,)
        i, f, candidate, _ = saved
        d_i, d_f, _, d_o = ops.split(gradient, 4, axis=-1)
        after = self._carry(i, f, candidate, carry, dropout_mask)
        peepholes = (d_i * carry, d_f * carry, d_o * after)
        return recurrent, ops.stack([sum_gradient(d) for d in peepholes])

    def _carry(
        self,
        i: Tensor,
        f: Tensor,
        candidate: Tensor,
        before: Tensor,
        dropout_mask: Tensor | None,
    ) -> Tensor:
        """The cell state after a step, from the one before it."""
        update = i * self.dropped("semeniuta", candidate, dropout_mask)
        return self.dropped("moon", f * before + update, dropout_mask)
