"""What a loop over time works on, and the projection of its inputs."""

from typing import NamedTuple

from keras import ops

from keras_gated.recurrence.backend import matmul
from keras_gated.recurrence.units.unit import product_gradient, sum_gradient
from keras_gated.types import Tensor, Tensors


class Operands(NamedTuple):
    """The tensors that a loop reads.

    Attributes:
        inputs: `(time, batch, features)`.
        states: Tensors `(batch, units)` to start from, the output first.
        projection: The kernel that projects the inputs, and the bias if there is one.
            None of them if the inputs are projected already.
        weights: The weights that the unit's step reads.
        valid: Booleans `(time, batch, 1)`, `False` where a step is to be skipped.
        dropout_mask: Mask `(batch, units)` of the output on its way to the weights.
    """

    inputs: Tensor
    states: Tensors
    projection: Tensors
    weights: Tensors
    valid: Tensor | None
    dropout_mask: Tensor | None

    @property
    def arguments(self) -> tuple[Tensor, Tensors, Tensors, Tensors]:
        """Those that have a gradient."""
        return self[:4]


def project(inputs: Tensor, projection: Tensors) -> Tensor:
    """`inputs` under the kernel and, if any, the bias that make up `projection`.

    Without a projection the inputs are taken for projected ones.
    """
    if not projection:
        return inputs
    kernel, *bias = projection
    return matmul(inputs, kernel) + bias[0] if bias else matmul(inputs, kernel)


def projection_gradients(
    operands: Operands, gradient: Tensor, to_inputs: bool
) -> tuple[Tensor | None, Tensors]:
    """The gradients of the inputs, if wanted, and of the projection.

    `gradient` is that of the projected inputs of all steps.
    """
    inputs, projection = operands.inputs, operands.projection
    if not projection:
        return gradient, ()
    d_inputs = matmul(gradient, ops.transpose(projection[0])) if to_inputs else None
    d_projection = (product_gradient(inputs, gradient), sum_gradient(gradient))
    return d_inputs, d_projection[: len(projection)]
