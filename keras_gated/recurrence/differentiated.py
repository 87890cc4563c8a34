"""The generic loop: any activations, differentiated by the backend."""

from keras_gated.recurrence.backend import scan
from keras_gated.recurrence.operands import Operands, project
from keras_gated.recurrence.scanned import held, present
from keras_gated.recurrence.units import Unit
from keras_gated.types import Tensor, Tensors


def run_differentiated(
    unit: Unit, operands: Operands, stack: bool
) -> tuple[Tensors, Tensor | None]:
    """Runs a unit over time-major inputs: the final states, and all outputs."""
    inputs, states, projection, weights, valid, dropout_mask = operands

    def body(before: Tensors, current: Tensors) -> tuple[Tensors, Tensors]:
        after, _ = unit.forward(current[0], before, weights, dropout_mask)
        after = held(after, before, current[1:])
        return after, after[:1] if stack else ()

    finals, outputs = scan(
        body,
        states,
        present(project(inputs, projection), valid),
        collected=1 if stack else 0,
    )
    return finals, outputs[0] if stack else None
