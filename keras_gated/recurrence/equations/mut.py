"""The three mutations of the GRU that Jozefowicz et al. found by search."""

from keras import ops

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence.backend import matmul, tanh
from keras_gated.recurrence.equations.base import (
    EquationsWithDerivative,
    drop,
    product_gradient,
)


class MUT2(EquationsWithDerivative):
    """States: the output. Weights: the recurrent kernels of z, r and h.

    Those of the other two differ in what the update gate sees of the output, and in
    how the inputs reach the candidate. Where the update gate sees no output there is
    no recurrent kernel for it.
    """

    activations = 3
    gates = ("update_gate", "reset_gate", "candidate")

    def update_gate_sees(self, output: Tensor) -> Tensor:
        return output

    def update_gate_slope(self, output: Tensor) -> Tensor:
        """The derivative of what the update gate sees."""
        return ops.ones_like(output)

    def forward(
        self,
        projected: Tensor,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> tuple[Tensors, Tensors]:
        (output,) = before
        *to_update, to_reset, to_candidate = weights
        sum_z, sum_r, sum_candidate = ops.split(projected, 3, axis=-1)
        seen = drop(output, dropout_mask)
        if to_update:
            by_update = drop(self.update_gate_sees(output), dropout_mask)
            sum_z = sum_z + matmul(by_update, to_update[0])
        z = self.recurrent_activation(sum_z)
        r = self.recurrent_activation(sum_r + matmul(seen, to_reset))
        candidate = self.activation(sum_candidate + matmul(r * seen, to_candidate))
        return (z * candidate + (1 - z) * output,), (z, r, candidate)

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
        *to_update, to_reset, to_candidate = weights
        (d_output,) = gradients
        d_z = d_output * (candidate - before[0]) * z * (1 - z)
        d_candidate = d_output * z * (1 - candidate * candidate)
        d_reset = matmul(d_candidate, ops.transpose(to_candidate))
        d_r = d_reset * drop(before[0], dropout_mask) * r * (1 - r)
        d_seen = d_reset * r + matmul(d_r, ops.transpose(to_reset))
        if to_update:
            d_by_update = matmul(d_z, ops.transpose(to_update[0]))
            d_seen = d_seen + d_by_update * self.update_gate_slope(before[0])
        d_total = ops.concatenate([d_z, d_r, d_candidate], axis=-1)
        return d_total, (d_output * (1 - z) + drop(d_seen, dropout_mask),)

    def weight_gradients(
        self,
        gradient: Tensor,
        saved: Tensors,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> Tensors:
        d_z, d_r, d_candidate = ops.split(gradient, 3, axis=-1)
        seen = drop(before[0], dropout_mask)
        found = (
            product_gradient(seen, d_r),
            product_gradient(saved[1] * seen, d_candidate),
        )
        if len(weights) == len(found):
            return found
        by_update = drop(self.update_gate_sees(before[0]), dropout_mask)
        return product_gradient(by_update, d_z), *found


class MUT3(MUT2):
    """The update gate sees the tanh of the output."""

    def update_gate_sees(self, output: Tensor) -> Tensor:
        return tanh(output)

    def update_gate_slope(self, output: Tensor) -> Tensor:
        squashed = tanh(output)
        return 1 - squashed * squashed


class MUT1(MUT2):
    """The update gate sees no output; the candidate sees the tanh of the inputs.

    Weights: the recurrent kernels of r and h. The projected inputs have a fourth part,
    the bias of the candidate, which is added to that tanh.
    """

    activations = 4

    def forward(
        self,
        projected: Tensor,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> tuple[Tensors, Tensors]:
        sum_z, sum_r, inputs, bias = ops.split(projected, 4, axis=-1)
        squashed = tanh(inputs)
        sums = ops.concatenate([sum_z, sum_r, squashed + bias], axis=-1)
        after, saved = super().forward(sums, before, weights, dropout_mask)
        return after, (*saved, squashed)

    def backward(
        self,
        saved: Tensors,
        before: Tensors,
        output: Tensor,
        gradients: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> tuple[Tensor, Tensors]:
        *saved_sums, squashed = saved
        d_sums, d_before = super().backward(
            tuple(saved_sums), before, output, gradients, weights, dropout_mask
        )
        d_z, d_r, d_candidate = ops.split(d_sums, 3, axis=-1)
        d_inputs = d_candidate * (1 - squashed * squashed)
        return ops.concatenate([d_z, d_r, d_inputs, d_candidate], axis=-1), d_before

    def weight_gradients(
        self,
        gradient: Tensor,
        saved: Tensors,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> Tensors:
        d_z, d_r, _, d_candidate = ops.split(gradient, 4, axis=-1)
        d_sums = ops.concatenate([d_z, d_r, d_candidate], axis=-1)
        return super().weight_gradients(d_sums, saved, before, weights, dropout_mask)
