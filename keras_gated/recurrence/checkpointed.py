"""Long sequences in little memory: activations are computed twice, not kept."""

from dataclasses import dataclass
from typing import Any

from keras import ops

from keras_gated.recurrence.backend import scan
from keras_gated.types import Tensor, Tensors


@dataclass(frozen=True)
class CheckpointedLoop:
    """A loop that keeps its states every `steps` steps and no activations.

    The backward pass runs each segment forward again, from the last one to the first.
    The end of the last segment is masked if the sequence does not fill it.
    """

    loop: Any
    steps: int

    def forward(
        self,
        inputs: Tensor,
        states: Tensors,
        projection: Tensors,
        weights: Tensors,
        valid: Tensor | None,
        dropout_mask: Tensor | None,
        save: bool,
    ) -> tuple[Tensors, Any]:
        def body(before: Tensors, current: Tensors) -> tuple[Tensors, Tensors]:
            (outputs, *after), _ = self._segment(
                before, current, projection, weights, dropout_mask, save=False
            )
            return tuple(after), (outputs, *before)

        segments = self._segments(inputs, valid)
        finals, (outputs, *starts) = scan(
            body, states, segments, collected=1 + len(states)
        )
        residuals = (
            inputs,
            valid,
            dropout_mask,
            tuple(starts),
            projection,
            weights,
        )
        return (_joined(outputs, inputs), *finals), residuals

    def backward(self, residuals: Any, gradients: Tensors, to_inputs: bool) -> Any:
        inputs, valid, dropout_mask, starts, projection, weights = residuals
        d_outputs, *d_finals = gradients
        segments = self._segments(inputs, valid)

        def body(carry: Tensors, current: Tensors) -> tuple[Tensors, Tensors]:
            d_after, d_weights = carry[: len(starts)], carry[len(starts) :]
            d_output, *rest = current
            before, segment = tuple(rest[: len(starts)]), tuple(rest[len(starts) :])
            _, kept = self._segment(
                before, segment, projection, weights, dropout_mask, save=True
            )
            d_inputs, d_before, *d_more = self.loop.backward(
                kept, (d_output, *d_after), to_inputs=True
            )
            more = (d for part in d_more for d in part)
            total = (a + b for a, b in zip(d_weights, more, strict=True))
            return (*d_before, *total), (d_inputs,)

        zeros = (ops.zeros_like(weight) for weight in (*projection, *weights))
        carry, (d_inputs,) = scan(
            body,
            (*d_finals, *zeros),
            (self._split(d_outputs), *starts, *segments),
            collected=1,
            reverse=True,
        )
        d_states, d_weights = carry[: len(starts)], carry[len(starts) :]
        return (
            _joined(d_inputs, inputs),
            d_states,
            d_weights[: len(projection)],
            d_weights[len(projection) :],
        )

    def _segment(
        self,
        before: Tensors,
        segment: Tensors,
        projection: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
        save: bool,
    ) -> tuple[Tensors, Any]:
        inputs, *valid = segment
        return self.loop.forward(
            inputs,
            before,
            projection,
            weights,
            valid[0] if valid else None,
            dropout_mask,
            save,
        )

    def _segments(self, inputs: Tensor, valid: Tensor | None) -> Tensors:
        """The inputs and, where there is something to mask, the mask, in segments."""
        length = inputs.shape[0]
        if valid is None and length is not None and length % self.steps == 0:
            return (self._split(inputs),)
        if valid is None:
            valid = ops.ones_like(inputs[:, :, :1], dtype="bool")
        return self._split(inputs), self._split(valid)

    def _split(self, x: Tensor) -> Tensor:
        """`(time, ...)` to `(segments, steps, ...)`, filled up with zeros."""
        missing = -ops.shape(x)[0] % self.steps
        filling = ops.zeros((missing, *ops.shape(x)[1:]), dtype=x.dtype)
        filled = ops.concatenate([x, filling], axis=0)
        return ops.reshape(filled, (-1, self.steps, *ops.shape(x)[1:]))


def _joined(segments: Tensor, like: Tensor) -> Tensor:
    """The inverse of the split, as long as `like`."""
    joined = ops.reshape(segments, (-1, *ops.shape(segments)[2:]))
    return joined[: ops.shape(like)[0]]
