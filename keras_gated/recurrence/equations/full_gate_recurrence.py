"""The long short-term memory whose gates see the gates of the step before."""

from dataclasses import dataclass

from keras import ops

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence.backend import matmul
from keras_gated.recurrence.equations.lstm_variant import LSTMVariantStep


@dataclass(frozen=True)
class FullGateRecurrence(LSTMVariantStep):
    """`LSTMVariantStep` whose gates see all gates of the step before.

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
        output, carry, *gates = before
        *others, gate_kernel = weights
        seen = matmul(ops.concatenate(gates, axis=-1), gate_kernel)
        blocks = ops.split(seen, len(self.rows), axis=-1)
        seen_by = dict(zip(self.rows, blocks, strict=True))
        nothing = ops.zeros_like(output)
        columns = [seen_by.get(name, nothing) for name in self.columns]
        after, saved = super().forward(
            projected + ops.concatenate(columns, axis=-1),
            (output, carry),
            tuple(others),
            dropout_mask,
        )
        parts = self._named(saved)
        return (*after, *(parts[name] for name in self.rows)), (parts["candidate"],)
