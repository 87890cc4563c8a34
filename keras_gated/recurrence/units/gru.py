"""The gated recurrent unit, with the reset gate before or after the product."""

from keras import ops

from keras_gated.recurrence.backend import matmul
from keras_gated.recurrence.units.unit import (
    HandWrittenUnit,
    drop,
    product_gradient,
    sum_gradient,
)
from keras_gated.types import Tensor, Tensors


class GRUResetBefore(HandWrittenUnit):
    """States: the output. Weights: the recurrent kernels of z and r, and of h."""

    activations = 3
    gates = ("update_gate", "reset_gate", "candidate")

    def forward(
        self,
        projected: Tensor,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> tuple[Tensors, Tensors]:
        (output,) = before
        to_gates, to_candidate = weights
        projected_gates, projected_candidate = _split_gates(projected)
        seen = drop(output, dropout_mask)
        z, r = ops.split(
            self.recurrent_activation(projected_gates + matmul(seen, to_gates)),
            2,
            axis=-1,
        )
        candidate = self.activation(
            projected_candidate + matmul(r * seen, to_candidate)
        )
        return (z * output + (1 - z) * candidate,), (z, r, candidate)

    def backward(
        self,
        saved: Tensors,
        before: Tensors,
        output: Tensor,
        gradients: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> tuple[Tensor, Tensors]:
        z, r, candidate = saved
        to_gates, to_candidate = weights
        (d_output,) = gradients
        d_z, d_candidate = _update_gradients(before[0], z, candidate, d_output)
        d_reset = matmul(d_candidate, ops.transpose(to_candidate))
        d_r = d_reset * drop(before[0], dropout_mask) * r * (1 - r)
        d_gates = ops.concatenate([d_z, d_r], axis=-1)
        d_seen = d_reset * r + matmul(d_gates, ops.transpose(to_gates))
        d_total = ops.concatenate([d_gates, d_candidate], axis=-1)
        return d_total, (d_output * z + drop(d_seen, dropout_mask),)

    def weight_gradients(
        self,
        gradient: Tensor,
        saved: Tensors,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> Tensors:
        d_gates, d_candidate = _split_gates(gradient)
        seen = drop(before[0], dropout_mask)
        return (
            product_gradient(seen, d_gates),
            product_gradient(saved[1] * seen, d_candidate),
        )


class GRUResetAfter(HandWrittenUnit):
    """States: the output. Weights: the recurrent kernel and, if any, its bias."""

    activations = 4
    gates = ("update_gate", "reset_gate", "candidate")

    def forward(
        self,
        projected: Tensor,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> tuple[Tensors, Tensors]:
        (output,) = before
        recurrent_kernel, *bias = weights
        product = matmul(drop(output, dropout_mask), recurrent_kernel)
        if bias:
            product = product + bias[0]
        projected_gates, projected_candidate = _split_gates(projected)
        product_gates, product_candidate = _split_gates(product)
        z, r = ops.split(
            self.recurrent_activation(projected_gates + product_gates), 2, axis=-1
        )
        candidate = self.activation(projected_candidate + r * product_candidate)
        after = z * output + (1 - z) * candidate
        return (after,), (z, r, candidate, product_candidate)

    def backward(
        self,
        saved: Tensors,
        before: Tensors,
        output: Tensor,
        gradients: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> tuple[Tensor, Tensors]:
        z, r, candidate, product_candidate = saved
        (d_output,) = gradients
        d_z, d_candidate = _update_gradients(before[0], z, candidate, d_output)
        d_r = d_candidate * product_candidate * r * (1 - r)
        d_total = ops.concatenate([d_z, d_r, d_candidate], axis=-1)
        d_product = ops.concatenate([d_z, d_r, d_candidate * r], axis=-1)
        d_seen = matmul(d_product, ops.transpose(weights[0]))
        return d_total, (d_output * z + drop(d_seen, dropout_mask),)

    def weight_gradients(
        self,
        gradient: Tensor,
        saved: Tensors,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> Tensors:
        d_gates, d_candidate = _split_gates(gradient)
        d_product = ops.concatenate([d_gates, d_candidate * saved[1]], axis=-1)
        recurrent = product_gradient(drop(before[0], dropout_mask), d_product)
        return (recurrent, sum_gradient(d_product))[: len(weights)]


def _split_gates(x: Tensor) -> tuple[Tensor, Tensor]:
    """The columns of z and r, and those of the candidate."""
    gates = 2 * (x.shape[-1] // 3)
    return x[..., :gates], x[..., gates:]


def _update_gradients(
    before: Tensor, z: Tensor, candidate: Tensor, d_output: Tensor
) -> tuple[Tensor, Tensor]:
    """The gradients of the sums inside z and the candidate."""
    d_z = d_output * (before - candidate) * z * (1 - z)
    return d_z, d_output * (1 - z) * (1 - candidate * candidate)
