"""How the recurrent kernels of a unit become the one that the library takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Protocol

from keras import ops

from keras_gated._types import Tensor, Tensors


class RecurrentKernels(Protocol):
    """The kernels among the weights of a unit, and what stands beside them."""

    def join(self, weights: Sequence[Tensor]) -> tuple[Tensor, Tensors]:
        """The one kernel, and the weights that are none."""

    def split(self, kernel: Tensor, others: Tensors) -> Tensors:
        """The weights again, in their order."""


@dataclass(frozen=True)
class SideBySide:
    """The first weights, of which each has some blocks of columns.

    Args:
        blocks: How many.
    """

    blocks: tuple[int, ...]

    def join(self, weights: Sequence[Tensor]) -> tuple[Tensor, Tensors]:
        count = len(self.blocks)
        kernels, others = weights[:count], weights[count:]
        joined = kernels[0] if count == 1 else ops.concatenate(kernels, axis=-1)
        return joined, tuple(others)

    def split(self, kernel: Tensor, others: Tensors) -> Tensors:
        if len(self.blocks) == 1:
            return (kernel, *others)
        ends = [kernel.shape[0] * blocks for blocks in accumulate(self.blocks)]
        return (*(kernel[:, a:b] for a, b in pairwise((0, *ends))), *others)


class WithGateKernel:
    """The first weight, for the output, over the last one, which gates have for gates.

    The candidate sees no gate: its block of columns, before that of the output gate, is
    zero there.
    """

    def join(self, weights: Sequence[Tensor]) -> tuple[Tensor, Tensors]:
        of_output, *others, of_gates = weights
        units = of_output.shape[0]
        of_gates = ops.concatenate(
            [
                of_gates[:, : 2 * units],
                ops.zeros_like(of_gates[:, :units]),
                of_gates[:, 2 * units :],
            ],
            axis=-1,
        )
        return ops.concatenate([of_output, of_gates], axis=0), tuple(others)

    def split(self, kernel: Tensor, others: Tensors) -> Tensors:
        units = kernel.shape[0] // 4
        of_output, of_gates = kernel[:units], kernel[units:]
        of_gates = ops.concatenate(
            [of_gates[:, : 2 * units], of_gates[:, 3 * units :]], axis=-1
        )
        return (of_output, *others, of_gates)
