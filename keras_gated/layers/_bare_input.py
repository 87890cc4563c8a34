"""Cells that take their inputs as they are in one place."""

from typing import ClassVar

from keras import ops

from keras_gated._types import Tensor
from keras_gated.layers._gated import GatedCell


class BareInputCell(GatedCell):
    """A cell that takes its inputs as they are in the place of one block of `kernel`.

    They need as many features as there are units; others are projected, by a block
    that `kernel` has then.
    """

    bare_block: ClassVar[int]
    """The block whose place the inputs take."""

    def kernel_blocks_for(self, features: int | None) -> int:
        return self.kernel_blocks - 1 if features == self.units else self.kernel_blocks

    def projected_blocks(self) -> list[Tensor]:
        """The blocks of `kernel`, the identity where the inputs stay as they are."""
        kernel = ops.convert_to_tensor(self.kernel)
        blocks = list(ops.split(kernel, kernel.shape[1] // self.units, axis=1))
        if len(blocks) < self.kernel_blocks:
            blocks.insert(self.bare_block, ops.eye(self.units, dtype=kernel.dtype))
        return blocks

    def projection(self) -> tuple[Tensor, ...]:
        _, *bias = super().projection()
        return ops.concatenate(self.projected_blocks(), axis=1), *bias
