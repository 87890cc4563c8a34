"""The hand-written loops for compilers: a unit's step and derivative under `scan`."""

from dataclasses import dataclass
from typing import Any

from keras import ops

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence.backend import scan
from keras_gated.recurrence.operands import Operands, project, projection_gradients
from keras_gated.recurrence.units import HandWrittenUnit


@dataclass(frozen=True)
class ScannedLoop:
    """Runs a unit forward and backward through time.

    Kept for the derivative are the activations and the states of every step, nothing
    else. The weight gradients are formed after the loop, over all steps at once.
    """

    unit: HandWrittenUnit

    def forward(self, operands: Operands, save: bool) -> tuple[Tensors, Any]:
        inputs, states, projection, weights, *_ = operands

        def body(before: Tensors, current: Tensors) -> tuple[Tensors, Tensors]:
            projected, step = project(current[0], projection), operands.at(current[1:])
            after, saved = self.unit.forward(projected, before, weights, step.noise)
            after = held(after, before, step.valid)
            return after, (after[0], *before[1:], *saved) if save else after[:1]

        finals, (outputs, *kept) = scan(
            body,
            states,
            (inputs, *operands.masks),
            collected=len(states) + self.unit.activations if save else 1,
        )
        return (outputs, *finals), (operands, outputs, tuple(kept))

    def backward(self, residuals: Any, gradients: Tensors, to_inputs: bool) -> Any:
        operands, outputs, kept = residuals
        states, weights = operands.states, operands.weights
        d_outputs, *d_finals = gradients
        carries, saved = kept[: len(states) - 1], kept[len(states) - 1 :]
        before = (shifted(outputs, states[0]), *carries)

        def body(after: Tensors, current: Tensors) -> tuple[Tensors, Tensors]:
            d_output, output, *rest = current
            step_before, rest = tuple(rest[: len(before)]), rest[len(before) :]
            step_saved, step = (
                tuple(rest[: len(saved)]),
                operands.at(rest[len(saved) :]),
            )
            after = (after[0] + d_output, *after[1:])
            active = held(after, map(ops.zeros_like, after), step.valid)
            d_projected, d_before = self.unit.backward(
                step_saved, step_before, output, active, weights, step.noise
            )
            if step.valid is not None:
                d_before = tuple(
                    d + ops.where(step.valid, ops.zeros_like(passed), passed)
                    for d, passed in zip(d_before, after, strict=True)
                )
            return d_before, (d_projected,)

        d_states, (d_projected,) = scan(
            body,
            tuple(d_finals),
            (d_outputs, outputs, *before, *saved, *operands.masks),
            collected=1,
            reverse=True,
        )
        d_weights = self.unit.weight_gradients(
            d_projected, saved, before, weights, operands.noise
        )
        d_inputs, d_projection = projection_gradients(operands, d_projected, to_inputs)
        return d_inputs, d_states, d_projection, d_weights


def held(after: Any, before: Any, valid: Tensor | None) -> Tensors:
    """The states after a step, but those before it where `valid` is `False`."""
    if valid is None:
        return tuple(after)
    return tuple(
        ops.where(valid, new, old) for new, old in zip(after, before, strict=True)
    )


def shifted(outputs: Tensor, first: Tensor) -> Tensor:
    """The outputs before every step."""
    return ops.concatenate([ops.expand_dims(first, 0), outputs[:-1]], axis=0)
