"""The fast loop: its derivative is written by hand, not found by the backend."""

from typing import Any

import keras
from keras import tree

from keras_gated.recurrence.backend import custom_gradient
from keras_gated.recurrence.checkpointed import CheckpointedLoop
from keras_gated.recurrence.scanned import ScannedLoop
from keras_gated.recurrence.units.unit import Unit, project
from keras_gated.types import Tensor, Tensors


def run_hand_written(
    unit: Unit,
    inputs: Tensor,
    states: Tensors,
    projection: Tensors,
    weights: Tensors,
    valid: Tensor | None,
    dropout_mask: Tensor | None,
    checkpoint_steps: int | None,
) -> tuple[Tensors, Tensor]:
    """Runs a unit over time-major inputs: the final states, and all outputs."""
    if _projects_beforehand(inputs, states):
        inputs, projection = project(inputs, projection), ()
    loop = loop_of(unit)
    if checkpoint_steps is not None:
        loop = CheckpointedLoop(loop, checkpoint_steps)
    nested = (inputs, states, projection, weights)

    def forward(
        arguments: Tensors, constants: tuple[Tensor | None, ...], save: bool
    ) -> tuple[Tensors, Any]:
        return loop.forward(
            *tree.pack_sequence_as(nested, arguments), *constants, save=save
        )

    def backward(residuals: Any, gradients: Tensors, to_inputs: bool = True) -> Tensors:
        return tuple(tree.flatten(loop.backward(residuals, gradients, to_inputs)))

    outputs, *finals = custom_gradient(
        forward, backward, tuple(tree.flatten(nested)), (valid, dropout_mask)
    )
    return tuple(finals), outputs


def loop_of(unit: Unit) -> Any:
    """The forward and backward loop of a unit on the active backend."""
    if keras.backend.backend() != "torch":
        return ScannedLoop(unit)
    from keras_gated.recurrence.torch_loops import LOOPS

    return LOOPS[type(unit)]


def _projects_beforehand(inputs: Tensor, states: Tensors) -> bool:
    """Whether one product for all steps pays; else each step projects its own inputs.

    It pays for many features, whose product outweighs the memory traffic of its
    results. The loops on PyTorch see to it themselves.
    """
    if keras.backend.backend() == "torch":
        return False
    return inputs.shape[-1] > 4 * states[0].shape[-1]
