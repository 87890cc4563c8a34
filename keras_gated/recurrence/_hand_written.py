"""The fast loop: its derivative is written by hand, not found by the backend."""

from itertools import chain
from typing import Any

import keras

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence import native
from keras_gated.recurrence._checkpointed import CheckpointedLoop
from keras_gated.recurrence._differentiated import run_differentiated
from keras_gated.recurrence._scanned import ScannedLoop
from keras_gated.recurrence.backend import custom_gradient
from keras_gated.recurrence.operands import Operands, project
from keras_gated.recurrence.units import HandWrittenUnit


def run_hand_written(
    unit: HandWrittenUnit, operands: Operands, checkpoint_steps: int | None
) -> tuple[Tensors, Tensor]:
    """Runs a unit over time-major inputs: the final states, and all outputs."""
    loop = loop_of(unit, operands)
    is_native = isinstance(loop, native.NativeLoop)
    if isinstance(loop, ScannedLoop) and _projects_beforehand(operands):
        projected = project(operands.inputs, operands.projection)
        operands = operands._replace(inputs=projected, projection=())
    if checkpoint_steps is not None:
        loop = CheckpointedLoop(loop, checkpoint_steps)

    def forward(
        arguments: Tensors, constants: tuple[Any, ...], save: bool
    ) -> tuple[Tensors, Any]:
        return loop.forward(operands.like(arguments, constants), save)

    def backward(residuals: Any, gradients: Tensors, to_inputs: bool = True) -> Tensors:
        d_inputs, *others = loop.backward(residuals, gradients, to_inputs)
        return (d_inputs, *chain(*others))

    def differentiable(arguments: Tensors, constants: tuple[Any, ...]) -> Tensors:
        same = operands.like(arguments, constants)
        finals, outputs = run_differentiated(unit, same, stack=True)
        return outputs, *finals

    outputs, *finals = custom_gradient(
        forward,
        backward,
        differentiable,
        operands.arguments,
        operands.constants,
        is_native=is_native,
    )
    return tuple(finals), outputs


def loop_of(unit: HandWrittenUnit, operands: Operands) -> Any:
    """The forward and backward loop of a unit on the active backend."""
    if native.takes(unit, operands):
        return native.NativeLoop(unit)
    return backend_loop_of(unit)


def backend_loop_of(unit: HandWrittenUnit) -> Any:
    """The loop of a unit that the active backend runs itself.

    The loops in place know the dropout of the recurrent input alone, and no zoneout.
    """
    if keras.backend.backend() == "torch" and unit.dropout_form == "gal":
        from keras_gated.recurrence._torch_loops import torch_loop_of

        return torch_loop_of(unit) or ScannedLoop(unit)
    return ScannedLoop(unit)


def _projects_beforehand(operands: Operands) -> bool:
    """Whether one product for all steps pays; else each step projects its own inputs.

    It pays for many features, whose product outweighs the memory traffic of its
    results, and always on PyTorch, where each operation has its price. All loops but
    the scanned one see to it themselves.
    """
    if keras.backend.backend() == "torch":
        return True
    features = operands.projection[0].shape[0] if operands.projection else 0
    return features > 4 * operands.states[0].shape[-1]
