"""The hand-written loop for compilers: a step and its derivative under `scan`."""

from typing import Any

import keras
from keras import ops

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence._hand_written import HandWrittenLoop
from keras_gated.recurrence._held import held
from keras_gated.recurrence.backend import scan
from keras_gated.recurrence.operands import Operands, project, projection_gradients


class ScannedLoop(HandWrittenLoop):
    """Takes one step after another, forward and backward.

    Kept for the derivative are the activations and the states of every step, nothing
    else. The weight gradients are formed after the loop, over all steps at once.
    """

    def prepared(self, operands: Operands) -> Operands:
        """Projects the inputs of all steps at once, where that pays."""
        if not _projects_beforehand(operands):
            return operands
        projected = project(operands.inputs, operands.projection)
        return operands._replace(inputs=projected, projection=())

    def forward(self, operands: Operands, save: bool) -> tuple[Tensors, Any]:
        steps = operands.by_step()
        inputs, states, projection, weights, *_ = steps

        def body(before: Tensors, current: Tensors) -> tuple[Tensors, Tensors]:
            projected, step = project(current[0], projection), steps.at(current[1:])
            after, saved = self.equations.forward(
                projected, before, weights, step.noise
            )
            after = held(after, before, step.valid)
            return after, (after[0], *before[1:], *saved) if save else after[:1]

        finals, (outputs, *kept) = scan(
            body,
            states,
            (inputs, *steps.masks),
            collected=len(states) + self.equations.activations if save else 1,
        )
        return (_turned(outputs), *finals), (steps, outputs, tuple(kept))

    def backward(self, residuals: Any, gradients: Tensors, to_inputs: bool) -> Any:
        steps, outputs, kept = residuals
        states, weights = steps.states, steps.weights
        d_outputs, *d_finals = gradients
        carries, saved = kept[: len(states) - 1], kept[len(states) - 1 :]
        before = (shifted(outputs, states[0]), *carries)

        def body(after: Tensors, current: Tensors) -> tuple[Tensors, Tensors]:
            d_output, output, *rest = current
            step_before, rest = tuple(rest[: len(before)]), rest[len(before) :]
            step_saved, step = (
                tuple(rest[: len(saved)]),
                steps.at(rest[len(saved) :]),
            )
            after = (after[0] + d_output, *after[1:])
            active = held(after, map(ops.zeros_like, after), step.valid)
            d_total, d_before = self.equations.backward(
                step_saved, step_before, output, active, weights, step.noise
            )
            if step.valid is not None:
                d_before = tuple(
                    d + ops.where(step.valid, ops.zeros_like(passed), passed)
                    for d, passed in zip(d_before, after, strict=True)
                )
            return d_before, (d_total,)

        d_states, (d_total,) = scan(
            body,
            tuple(d_finals),
            (_turned(d_outputs), outputs, *before, *saved, *steps.masks),
            collected=1,
            reverse=True,
        )
        d_weights = self.equations.weight_gradients(
            d_total, saved, before, weights, steps.noise
        )
        d_projected = self.equations.projected_gradient(d_total)
        d_inputs, d_projection = projection_gradients(steps, d_projected, to_inputs)
        d_inputs = None if d_inputs is None else _turned(d_inputs)
        return d_inputs, d_states, d_projection, d_weights


def shifted(outputs: Tensor, first: Tensor) -> Tensor:
    """The outputs before every step."""
    return ops.concatenate([ops.expand_dims(first, 0), outputs[:-1]], axis=0)


def _turned(x: Tensor) -> Tensor:
    """Time before the batch, or the other way round."""
    return ops.swapaxes(x, 0, 1)


def _projects_beforehand(operands: Operands) -> bool:
    """Whether one product for all steps pays; else each step projects its own inputs.

    It pays for many features, whose product outweighs the memory traffic of its
    results, and always on PyTorch, where each operation has its price.
    """
    if keras.backend.backend() == "torch":
        return True
    features = operands.projection[0].shape[0] if operands.projection else 0
    return features > 4 * operands.states[0].shape[-1]
