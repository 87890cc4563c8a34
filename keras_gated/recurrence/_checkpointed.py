"""Long sequences in little memory: activations are computed twice, not kept."""

from dataclasses import dataclass
from itertools import chain
from typing import Any

from keras import ops

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence.backend import scan
from keras_gated.recurrence.operands import Operands


@dataclass(frozen=True)
class CheckpointedLoop:
    """A loop that keeps its states every `steps` steps and no activations.

    The backward pass runs each segment forward again, from the last one to the first.
    The end of the last segment is masked if the sequence does not fill it.
    """

    loop: Any
    steps: int

    def forward(self, operands: Operands, save: bool) -> tuple[Tensors, Any]:
        operands = self._filled(operands)

        def body(before: Tensors, current: Tensors) -> tuple[Tensors, Tensors]:
            segment = _segment(operands, before, current)
            (outputs, *after), _ = self.loop.forward(segment, save=False)
            return tuple(after), (outputs, *before)

        finals, (outputs, *starts) = scan(
            body,
            operands.states,
            self._segments(operands),
            collected=1 + len(operands.states),
        )
        return (_joined(outputs, operands.inputs), *finals), (operands, tuple(starts))

    def backward(self, residuals: Any, gradients: Tensors, to_inputs: bool) -> Any:
        operands, starts = residuals
        d_outputs, *d_finals = gradients
        states, parameters = len(starts), (*operands.projection, *operands.weights)

        def body(carry: Tensors, current: Tensors) -> tuple[Tensors, Tensors]:
            d_output, *rest = current
            segment = _segment(operands, tuple(rest[:states]), rest[states:])
            _, kept = self.loop.forward(segment, save=True)
            d_inputs, d_before, *d_parameters = self.loop.backward(
                kept, (d_output, *carry[:states]), to_inputs=True
            )
            total = map(ops.add, carry[states:], chain(*d_parameters))
            return (*d_before, *total), (d_inputs,)

        carry, (d_inputs,) = scan(
            body,
            (*d_finals, *map(ops.zeros_like, parameters)),
            (self._split(d_outputs), *starts, *self._segments(operands)),
            collected=1,
            reverse=True,
        )
        d_states, d_parameters = carry[:states], carry[states:]
        projection = len(operands.projection)
        return (
            _joined(d_inputs, operands.inputs),
            d_states,
            d_parameters[:projection],
            d_parameters[projection:],
        )

    def _filled(self, operands: Operands) -> Operands:
        """The operands with a mask if there may be something to mask at the end."""
        length = operands.inputs.shape[1]
        fits = length is not None and length % self.steps == 0
        if fits or operands.valid is not None:
            return operands
        everywhere = ops.ones_like(operands.inputs[:, :, 0], dtype="bool")
        return operands._replace(valid=everywhere)

    def _segments(self, operands: Operands) -> Tensors:
        """The inputs and the masks, in segments."""
        return tuple(map(self._split, (operands.inputs, *operands.masks)))

    def _split(self, x: Tensor) -> Tensor:
        """`(batch, time, ...)` to `(segments, batch, steps, ...)`, zeros at the end."""
        batch, time, *others = ops.shape(x)
        missing = -time % self.steps
        filling = ops.zeros((batch, missing, *others), dtype=x.dtype)
        filled = ops.concatenate([x, filling], axis=1)
        return ops.swapaxes(ops.reshape(filled, (batch, -1, self.steps, *others)), 0, 1)


def _segment(operands: Operands, before: Tensors, current: Any) -> Operands:
    """The operands of one segment, which starts from the states `before`."""
    inputs, *masks = current
    return operands.at(tuple(masks))._replace(inputs=inputs, states=before)


def _joined(segments: Tensor, like: Tensor) -> Tensor:
    """The inverse of the split, as long as `like`."""
    batch, time, *_ = ops.shape(like)
    joined = ops.reshape(
        ops.swapaxes(segments, 0, 1), (batch, -1, *ops.shape(segments)[3:])
    )
    return joined[:, :time]
