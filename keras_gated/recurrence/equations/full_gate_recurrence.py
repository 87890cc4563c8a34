"""The long short-term memory whose gates see the gates of the step before."""

from dataclasses import dataclass

from keras import ops

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence.backend import matmul
from keras_gated.recurrence.equations.base import product_gradient
from keras_gated.recurrence.equations.lstm_variant import LSTMVariant, Parts


@dataclass(frozen=True)
class FullGateRecurrence(LSTMVariant):
    """`LSTMVariant` whose gates see all gates of the step before.

    Those are further states, in the order of `rows`. A further weight, the last one, is
    their kernel, with a block of rows and one of columns for each.
    """

    @property
    def gates(self) -> tuple[str, ...]:
        return ("candidate",)

    @property
    def states(self) -> tuple[str, ...]:
        return ("output", "carry", *self.rows)

    def forward(
        self,
        projected: Tensor,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> tuple[Tensors, Tensors]:
        after, saved = super().forward(projected, before, weights, dropout_mask)
        parts = self._named(saved)
        gates = [parts[name] for name in self.rows]
        return (*after, *gates), (parts["candidate"], *gates)

    def _beside_kernels(self, weights: Tensors) -> Tensors:
        return weights[1:-1]

    def _sums(
        self,
        projected: Tensor,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> Parts:
        sums = super()._sums(projected, before, weights, dropout_mask)
        seen = matmul(ops.concatenate(before[2:], axis=-1), weights[-1])
        for name, block in zip(
            self.rows, ops.split(seen, len(self.rows), axis=-1), strict=True
        ):
            sums[name] = sums[name] + block
        return sums

    def backward(
        self,
        saved: Tensors,
        before: Tensors,
        output: Tensor,
        gradients: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> tuple[Tensor, Tensors]:
        *others, gate_kernel = weights
        d_total, d_states = super().backward(
            self._in_columns(saved),
            before,
            output,
            gradients,
            tuple(others),
            dropout_mask,
        )
        d_seen = matmul(self._of_gates(d_total), ops.transpose(gate_kernel))
        return d_total, (*d_states, *ops.split(d_seen, len(self.rows), axis=-1))

    def weight_gradients(
        self,
        gradient: Tensor,
        saved: Tensors,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> Tensors:
        output, carry, *gates = before
        found = super().weight_gradients(
            gradient,
            self._in_columns(saved),
            (output, carry),
            weights[:-1],
            dropout_mask,
        )
        seen = ops.concatenate(gates, axis=-1)
        return (*found, product_gradient(seen, self._of_gates(gradient)))

    def _in_columns(self, saved: Tensors) -> Tensors:
        """What `forward` hands out, in the order of the columns."""
        parts = dict(zip(("candidate", *self.rows), saved, strict=True))
        return tuple(parts[name] for name in self.columns)

    def _of_gates(self, total: Tensor) -> Tensor:
        """The columns of the gates alone."""
        blocks = self._blocks(total)
        return ops.concatenate([blocks[name] for name in self.rows], axis=-1)
