"""What a loop over time works on, and the projection of its inputs."""

from itertools import islice
from typing import NamedTuple

from keras import ops

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence.backend import matmul
from keras_gated.recurrence.equations import Noise, product_gradient, sum_gradient


class Operands(NamedTuple):
    """The tensors that a loop reads, the batch first.

    Attributes:
        inputs: `(batch, time, features)`.
        states: Tensors `(batch, units)` to start from, the output first.
        projection: The kernel that projects the inputs, and the bias if there is one.
            None of them if the inputs are projected already.
        weights: The weights that a step reads.
        valid: Booleans `(batch, time)`, `False` where a step is to be skipped.
        dropout_mask: Mask `(batch, units)` of the recurrent dropout, or one for each
            step, `(batch, time, units)`, in the form that has it so.
        zoneout: For each state booleans `(batch, time, units)`, `True` where a step
            leaves it as it was. Nothing without zoneout, and at inference.
    """

    inputs: Tensor
    states: Tensors
    projection: Tensors
    weights: Tensors
    valid: Tensor | None
    dropout_mask: Tensor | None
    zoneout: Tensors = ()

    @property
    def arguments(self) -> Tensors:
        """Those that have a gradient, one after the other."""
        return (self.inputs, *self.states, *self.projection, *self.weights)

    @property
    def constants(self) -> tuple[Tensor | None, ...]:
        """Those that have none."""
        return (self.valid, self.dropout_mask, *self.zoneout)

    def like(
        self, arguments: Tensors, constants: tuple[Tensor | None, ...]
    ) -> "Operands":
        """These operands with other tensors in their places."""
        inputs, *others = arguments
        valid, dropout_mask, *zoneout = constants
        rest = iter(others)
        states, projection, weights = (
            tuple(islice(rest, len(group)))
            for group in (self.states, self.projection, self.weights)
        )
        return Operands(
            inputs, states, projection, weights, valid, dropout_mask, tuple(zoneout)
        )

    def by_step(self) -> "Operands":
        """The same with time before the batch, for a loop that takes step after step.

        `valid` has a last axis of 1 there.
        """
        turned = self.at(tuple(ops.swapaxes(mask, 0, 1) for mask in self.masks))
        valid = turned.valid
        return turned._replace(
            inputs=ops.swapaxes(self.inputs, 0, 1),
            valid=None if valid is None else ops.expand_dims(valid, -1),
        )

    @property
    def masks(self) -> Tensors:
        """The constants that have a time axis."""
        by_step = self.dropout_mask if self._drops_by_step else None
        return (*present(self.valid, by_step), *self.zoneout)

    @property
    def noise(self) -> Tensor | Noise | None:
        """What the functions of the equations take as `dropout_mask`."""
        return noise(self.dropout_mask, self.zoneout)

    def at(self, masks: Tensors) -> "Operands":
        """These operands with the `masks` of one step, or of some of them."""
        rest = iter(masks)
        valid = None if self.valid is None else next(rest)
        dropout_mask = next(rest) if self._drops_by_step else self.dropout_mask
        return self._replace(
            valid=valid, dropout_mask=dropout_mask, zoneout=tuple(rest)
        )

    @property
    def _drops_by_step(self) -> bool:
        return self.dropout_mask is not None and len(self.dropout_mask.shape) == 3


def noise(dropout_mask: Tensor | None, zoneout: Tensors) -> Tensor | Noise | None:
    """What the functions of the equations take as `dropout_mask`."""
    return Noise(dropout_mask, zoneout) if zoneout else dropout_mask


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


def present(*tensors: Tensor | None) -> Tensors:
    """Those of the tensors that are there."""
    return tuple(tensor for tensor in tensors if tensor is not None)
