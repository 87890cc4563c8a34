"""The gated recurrent unit, with the reset gate before or after the product."""

from keras import ops

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence.backend import matmul
from keras_gated.recurrence.equations.base import (
    EquationsWithDerivative,
    product_gradient,
    sum_gradient,
)


class GRUResetBefore(EquationsWithDerivative):
    """States: the output. Weights: the recurrent kernels of z and r, and of h."""

    activations = 3
    gates = ("update_gate", "reset_gate", "candidate")
    dropout_forms = ("gal", "semeniuta")

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
        seen = self.dropped("gal", output, dropout_mask)
        z, r = ops.split(
            self.recurrent_activation(projected_gates + matmul(seen, to_gates)),
            2,
            axis=-1,
        )
        candidate = self.activation(
            projected_candidate + matmul(r * seen, to_candidate)
        )
        update = self.dropped("semeniuta", candidate, dropout_mask)
        return (z * output + (1 - z) * update,), (z, r, candidate)

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
        d_z, d_candidate = _update_gradients(
            self, before[0], z, candidate, d_output, dropout_mask
        )
        d_reset = matmul(d_candidate, ops.transpose(to_candidate))
        d_r = d_reset * self.dropped("gal", before[0], dropout_mask) * r * (1 - r)
        d_gates = ops.concatenate([d_z, d_r], axis=-1)
        d_seen = d_reset * r + matmul(d_gates, ops.transpose(to_gates))
        d_total = ops.concatenate([d_gates, d_candidate], axis=-1)
        return d_total, (d_output * z + self.dropped("gal", d_seen, dropout_mask),)

    def weight_gradients(
        self,
        gradient: Tensor,
        saved: Tensors,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> Tensors:
        d_gates, d_candidate = _split_gates(gradient)
        seen = self.dropped("gal", before[0], dropout_mask)
        return (
            product_gradient(seen, d_gates),
            product_gradient(saved[1] * seen, d_candidate),
        )


class GRUResetAfter(EquationsWithDerivative):
    """States: the output. Weights: the recurrent kernel and, if any, its bias."""

    activations = 4
    gates = ("update_gate", "reset_gate", "candidate")
    dropout_forms = ("gal", "semeniuta")

    def forward(
        self,
        projected: Tensor,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> tuple[Tensors, Tensors]:
        (output,) = before
        recurrent_kernel, *bias = weights
        seen = self.dropped("gal", output, dropout_mask)
        product = matmul(seen, recurrent_kernel)
        if bias:
            product = product + bias[0]
        projected_gates, projected_candidate = _split_gates(projected)
        product_gates, product_candidate = _split_gates(product)
        z, r = ops.split(
            self.recurrent_activation(projected_gates + product_gates), 2, axis=-1
        )
        candidate = self.activation(projected_candidate + r * product_candidate)
        update = self.dropped("semeniuta", candidate, dropout_mask)
        after = z * output + (1 - z) * update
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
        d_z, d_candidate = _update_gradients(
            self, before[0], z, candidate, d_output, dropout_mask
        )
        d_r = d_candidate * product_candidate * r * (1 - r)
        d_total = ops.concatenate([d_z, d_r, d_candidate], axis=-1)
        d_product = ops.concatenate([d_z, d_r, d_candidate * r], axis=-1)
        d_seen = matmul(d_product, ops.transpose(weights[0]))
        return d_total, (d_output * z + self.dropped("gal", d_seen, dropout_mask),)

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
        seen = self.dropped("gal", before[0], dropout_mask)
        recurrent = product_gradient(seen, d_product)
        return (recurrent, sum_gradient(d_product))[: len(weights)]


def _split_gates(x: Tensor) -> tuple[Tensor, Tensor]:
    """The columns of z and r, and those of the candidate."""
    gates = 2 * (x.shape[-1] // 3)
    return x[..., :gates], x[..., gates:]


def _update_gradients(
    equations: EquationsWithDerivative,
    before: Tensor,
    z: Tensor,
    candidate: Tensor,
    d_output: Tensor,
    dropout_mask: Tensor | None,
) -> tuple[Tensor, Tensor]:
    """The gradients of the sums inside z and the candidate."""
    update = equations.dropped("semeniuta", candidate, dropout_mask)
    d_update = equations.dropped("semeniuta", d_output * (1 - z), dropout_mask)
    d_z = d_output * (before - update) * z * (1 - z)
    return d_z, d_update * (1 - candidate * candidate)
