"""The minimal gated unit."""

from keras import ops

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence.backend import matmul
from keras_gated.recurrence.equations.base import (
    EquationsWithDerivative,
    drop,
    product_gradient,
)


class MGU(EquationsWithDerivative):
    """States: the output. Weights: the recurrent kernels of f, and of h."""

    activations = 2
    gates = ("forget_gate", "candidate")

    def forward(
        self,
        projected: Tensor,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> tuple[Tensors, Tensors]:
        (output,) = before
        to_gate, to_candidate = weights
        sum_f, sum_candidate = ops.split(projected, 2, axis=-1)
        seen = drop(output, dropout_mask)
        f = self.recurrent_activation(sum_f + matmul(seen, to_gate))
        candidate = self.activation(sum_candidate + matmul(f * seen, to_candidate))
        return (f * candidate + (1 - f) * output,), (f, candidate)

    def backward(
        self,
        saved: Tensors,
        before: Tensors,
        output: Tensor,
        gradients: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> tuple[Tensor, Tensors]:
        f, candidate = saved
        to_gate, to_candidate = weights
        (d_output,) = gradients
        d_candidate = d_output * f * (1 - candidate * candidate)
        d_reset = matmul(d_candidate, ops.transpose(to_candidate))
        seen = drop(before[0], dropout_mask)
        d_f = (d_output * (candidate - before[0]) + d_reset * seen) * f * (1 - f)
        d_seen = d_reset * f + matmul(d_f, ops.transpose(to_gate))
        d_total = ops.concatenate([d_f, d_candidate], axis=-1)
        return d_total, (d_output * (1 - f) + drop(d_seen, dropout_mask),)

    def weight_gradients(
        self,
        gradient: Tensor,
        saved: Tensors,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> Tensors:
        d_f, d_candidate = ops.split(gradient, 2, axis=-1)
        seen = drop(before[0], dropout_mask)
        return (
            product_gradient(seen, d_f),
            product_gradient(saved[0] * seen, d_candidate),
        )
