"""The generic loop: any activations, differentiated by the backend."""

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence._scanned import held
from keras_gated.recurrence.backend import scan
from keras_gated.recurrence.operands import Operands, project
from keras_gated.recurrence.units import Unit


def run_differentiated(
    unit: Unit, operands: Operands, stack: bool
) -> tuple[Tensors, Tensor | None]:
    """Runs a unit over time-major inputs: the final states, and all outputs."""
    inputs, states, projection, weights, *_ = operands

    def body(before: Tensors, current: Tensors) -> tuple[Tensors, Tensors]:
        step = operands.at(current[1:])
        after, _ = unit.forward(current[0], before, weights, step.noise)
        after = held(after, before, step.valid)
        return after, after[:1] if stack else ()

    finals, outputs = scan(
        body,
        states,
        (project(inputs, projection), *operands.masks),
        collected=1 if stack else 0,
    )
    return finals, outputs[0] if stack else None
