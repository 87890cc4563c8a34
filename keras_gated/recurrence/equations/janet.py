"""The LSTM of which only the forget gate is left."""

from dataclasses import dataclass

from keras import ops

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence.backend import matmul
from keras_gated.recurrence.equations.base import (
    EquationsWithDerivative,
    drop,
    product_gradient,
)


@dataclass(frozen=True)
class JANET(EquationsWithDerivative):
    """States: the output. Weights: the recurrent kernel of f and c.

    Args:
        beta: What the input gate subtracts from the sum that is inside the forget gate.
    """

    activations = 3
    gates = ("forget_gate", "input_gate", "candidate")

    beta: float = 1.0

    def forward(
        self,
        projected: Tensor,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> tuple[Tensors, Tensors]:
        (output,) = before
        total = projected + matmul(drop(output, dropout_mask), weights[0])
        sum_f, sum_candidate = ops.split(total, 2, axis=-1)
        f = self.recurrent_activation(sum_f)
        i = 1 - self.recurrent_activation(sum_f - self.beta)
        candidate = self.activation(sum_candidate)
        return (f * output + i * candidate,), (f, i, candidate)

    def backward(
        self,
        saved: Tensors,
        before: Tensors,
        output: Tensor,
        gradients: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> tuple[Tensor, Tensors]:
        f, i, candidate = saved
        (d_output,) = gradients
        d_f = d_output * (before[0] * f * (1 - f) - candidate * i * (1 - i))
        d_candidate = d_output * i * (1 - candidate * candidate)
        d_total = ops.concatenate([d_f, d_candidate], axis=-1)
        d_seen = matmul(d_total, ops.transpose(weights[0]))
        return d_total, (d_output * f + drop(d_seen, dropout_mask),)

    def weight_gradients(
        self,
        gradient: Tensor,
        saved: Tensors,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> Tensors:
        return (product_gradient(drop(before[0], dropout_mask), gradient),)
