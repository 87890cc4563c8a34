"""The three mutations of the GRU that Jozefowicz et al. found by search."""

from collections.abc import Sequence

from keras import ops

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence.backend import matmul, tanh
from keras_gated.recurrence.equations.base import (
    EquationsWithDerivative,
    drop,
    product_gradient,
    sum_gradient,
)


class MUT2(EquationsWithDerivative):
    """States: the output. Weights: the recurrent kernels of z, r and h.

    Those of the other two differ in what the update gate sees of the output, and in
    how the inputs reach the candidate.
    """

    activations = 3
    gates = ("update_gate", "reset_gate", "candidate")

    def forward(
        self,
        projected: Tensor,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> tuple[Tensors, Tensors]:
        to_update, *others = weights
        sum_z, sum_r, entering = ops.split(projected, 3, axis=-1)
        sum_z = sum_z + matmul(drop(before[0], dropout_mask), to_update)
        return self._step((sum_z, sum_r, entering), before[0], others, dropout_mask)

    def backward(
        self,
        saved: Tensors,
        before: Tensors,
        output: Tensor,
        gradients: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> tuple[Tensor, Tensors]:
        to_update, *others = weights
        d_sums, d_kept, d_seen = self._step_back(
            saved, before[0], gradients[0], others, dropout_mask
        )
        d_seen = d_seen + matmul(d_sums[0], ops.transpose(to_update))
        d_before = d_kept + drop(d_seen, dropout_mask)
        return ops.concatenate(d_sums, axis=-1), (d_before,)

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
        return (
            product_gradient(seen, d_z),
            product_gradient(seen, d_r),
            product_gradient(saved[1] * seen, d_candidate),
        )

    def _step(
        self,
        sums: Sequence[Tensor],
        output: Tensor,
        weights: Sequence[Tensor],
        dropout_mask: Tensor | None,
    ) -> tuple[Tensors, Tensors]:
        """The step, but for what the update gate sees of the output.

        `sums` are what is in z without the reset gate's and the candidate's products;
        `weights` the kernels of these two.
        """
        sum_z, sum_r, entering = sums
        to_reset, to_candidate = weights
        seen = drop(output, dropout_mask)
        z = self.recurrent_activation(sum_z)
        r = self.recurrent_activation(sum_r + matmul(seen, to_reset))
        candidate = self.activation(entering + matmul(r * seen, to_candidate))
        return (z * candidate + (1 - z) * output,), (z, r, candidate)

    def _step_back(
        self,
        saved: Tensors,
        output: Tensor,
        d_output: Tensor,
        weights: Sequence[Tensor],
        dropout_mask: Tensor | None,
    ) -> tuple[Tensors, Tensor, Tensor]:
        """Its derivative: the gradients of the sums, and two of the output before.

        Those are the one that does not go through the weights, and the one of what they
        see of it.
        """
        z, r, candidate = saved
        to_reset, to_candidate = weights
        d_z = d_output * (candidate - output) * z * (1 - z)
        d_candidate = d_output * z * (1 - candidate * candidate)
        d_reset = matmul(d_candidate, ops.transpose(to_candidate))
        d_r = d_reset * drop(output, dropout_mask) * r * (1 - r)
        d_seen = d_reset * r + matmul(d_r, ops.transpose(to_reset))
        return (d_z, d_r, d_candidate), d_output * (1 - z), d_seen


class MUT3(MUT2):
    """The update gate sees the tanh of the output, which is kept."""

    activations = 4

    def forward(
        self,
        projected: Tensor,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> tuple[Tensors, Tensors]:
        to_update, *others = weights
        squashed = tanh(before[0])
        sum_z, sum_r, entering = ops.split(projected, 3, axis=-1)
        sum_z = sum_z + matmul(drop(squashed, dropout_mask), to_update)
        sums = (sum_z, sum_r, entering)
        after, saved = self._step(sums, before[0], others, dropout_mask)
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
        to_update, *others = weights
        d_sums, d_kept, d_seen = self._step_back(
            tuple(saved_sums), before[0], gradients[0], others, dropout_mask
        )
        d_squashed = matmul(d_sums[0], ops.transpose(to_update))
        d_seen = d_seen + d_squashed * (1 - squashed * squashed)
        d_before = d_kept + drop(d_seen, dropout_mask)
        return ops.concatenate(d_sums, axis=-1), (d_before,)

    def weight_gradients(
        self,
        gradient: Tensor,
        saved: Tensors,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> Tensors:
        d_z, *_ = ops.split(gradient, 3, axis=-1)
        _, *others = super().weight_gradients(
            gradient, saved, before, weights, dropout_mask
        )
        return product_gradient(drop(saved[3], dropout_mask), d_z), *others


class MUT1(MUT2):
    """The update gate sees no output; the candidate sees the tanh of the inputs.

    Weights: the recurrent kernels of r and h and, if any, the bias of h, which is added
    to that tanh. What `backward` gives has a fourth part, the gradient of their sum.
    """

    activations = 4

    def forward(
        self,
        projected: Tensor,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> tuple[Tensors, Tensors]:
        to_reset, to_candidate, *bias = weights
        sum_z, sum_r, inputs = ops.split(projected, 3, axis=-1)
        squashed = tanh(inputs)
        sums = (sum_z, sum_r, squashed + bias[0] if bias else squashed)
        kernels = (to_reset, to_candidate)
        after, saved = self._step(sums, before[0], kernels, dropout_mask)
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
        (d_z, d_r, d_candidate), d_kept, d_seen = self._step_back(
            tuple(saved_sums), before[0], gradients[0], weights[:2], dropout_mask
        )
        d_inputs = d_candidate * (1 - squashed * squashed)
        d_total = ops.concatenate([d_z, d_r, d_inputs, d_candidate], axis=-1)
        return d_total, (d_kept + drop(d_seen, dropout_mask),)

    def projected_gradient(self, gradient: Tensor) -> Tensor:
        return gradient[..., : 3 * (gradient.shape[-1] // 4)]

    def weight_gradients(
        self,
        gradient: Tensor,
        saved: Tensors,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> Tensors:
        _, d_r, _, d_candidate = ops.split(gradient, 4, axis=-1)
        seen = drop(before[0], dropout_mask)
        found = (
            product_gradient(seen, d_r),
            product_gradient(saved[1] * seen, d_candidate),
            sum_gradient(d_candidate),
        )
        return found[: len(weights)]
