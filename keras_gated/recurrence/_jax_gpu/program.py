"""What the kernels are written with: tiles of arrays, products, masks.

A tile is `(ROWS, COLUMNS)`: the units of a block, of the sequences of one program. All
arrays have the batch first, then time if they have it, and last some parts that are as
long as there are units each: gates, or two places for a state. Kernels compute in
float32.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.experimental import pallas as pl
from jax.experimental.pallas import triton

from keras_gated._types import Tensor, Tensors

ROWS = 16
"""Sequences of a program: Triton's products have no fewer rows."""

COLUMNS = 32
"""Units of a block. With the weights of four gates, read ahead, a block fits the shared
memory of the smallest GPUs, of 64 KiB."""


@dataclass(frozen=True)
class Program:
    """The arrays of a kernel, of which this program has some sequences.

    Attributes:
        arrays: What the kernel reads and writes, by its name.
        own: Names of those that nobody else sees. They are filled up to whole tiles, so
            that they are read in whole words without a mask; what fills them counts for
            nothing, since it meets weights of 0.
        batch: How many sequences there are.
        steps: How many steps they have.
        units: How many units.
        first: The first sequence of this program.
        precision: That of products of float32.
        is_interpreted: Whether there is no GPU.
    """

    arrays: dict[str, Any]
    own: frozenset[str]
    batch: int
    steps: int
    units: int
    first: Any
    precision: Any
    is_interpreted: bool

    def has(self, name: str) -> bool:
        """Whether the kernel has this array."""
        return name in self.arrays

    def read(self, name: str, block: Any, time: Any = None, part: Any = 0) -> Tensor:
        """A tile, in float32; 0 outside of the array."""
        return self._raw(name, block, time, part).astype(jnp.float32)

    def write(
        self, name: str, tile: Tensor, block: Any, time: Any = None, part: Any = 0
    ) -> None:
        """Writes a tile, unless the kernel has no such array."""
        if self.has(name):
            triton.store(
                self._place(name, block, time, part),
                tile.astype(self.arrays[name].dtype),
                mask=self._inside(name, block),
            )

    def row(self, name: str, block: Any, part: int) -> Tensor:
        """The units of a block, of what all sequences share."""
        found = triton.load(
            self.arrays[name].at[self._columns(name, block, part)],
            mask=self._units_inside(block),
            other=0,
        )
        return found.astype(jnp.float32)[None]

    def dropped(self, tile: Tensor, block: Any) -> Tensor:
        """The tile under the mask of the recurrent dropout, if there is one."""
        name = "dropout_mask"
        return tile * self.read(name, block) if self.has(name) else tile

    def valid(self, step: Any) -> Tensor | None:
        """Which sequences have this step, a column; `None` if all have all."""
        if not self.has("valid"):
            return None
        found = triton.load(
            self.arrays["valid"].at[self._rows, step],
            mask=self._sequences_inside,
            other=0,
        )
        return (found != 0)[:, None]

    def products(
        self, factor: str, kernel: str, parts: int, block: Any, place: Any = 0
    ) -> Tensors:
        """`factor`, in its `place`, times the parts of `kernel`'s columns."""

        def add(inner: Any, sums: Tensors) -> Tensors:
            rows = self._raw(factor, inner, part=place)
            return tuple(
                total + self._dot(rows, self._weights(kernel, inner, block, part), 0)
                for part, total in enumerate(sums)
            )

        return _repeated(self._blocks, add, (self._zeros(),) * parts)

    def back(
        self, factor: str, parts: Sequence[int], kernel: str, block: Any
    ) -> Tensor:
        """The sum of `parts` of `factor`, times those of `kernel`'s columns, turned."""

        def add(inner: Any, total: Tensor) -> Tensor:
            for number, part in enumerate(parts):
                rows = self._raw(factor, inner, part=part)
                weights = self._weights(kernel, block, inner, number)
                total = total + self._dot(rows, weights, 1)
            return total

        return _repeated(self._blocks, add, self._zeros())

    def for_blocks(self, body: Callable[[Any], None]) -> None:
        """Runs `body` for each block of units, then waits for all threads."""

        def numbered(block: Any, nothing: Any) -> Any:
            body(block)
            return nothing

        _repeated(self._blocks, numbered, 0)
        if not self.is_interpreted:
            triton.debug_barrier()

    def for_steps(self, body: Callable[[Any], None], reverse: bool = False) -> None:
        """Runs `body` for each step."""

        def numbered(number: Any, nothing: Any) -> Any:
            body(self.steps - 1 - number if reverse else number)
            return nothing

        _repeated(self.steps, numbered, 0)

    @property
    def _blocks(self) -> int:
        return filled(self.units, COLUMNS) // COLUMNS

    @property
    def _rows(self) -> Any:
        return pl.ds(self.first, ROWS)

    @property
    def _sequences_inside(self) -> Tensor:
        return self.first + jnp.arange(ROWS, dtype=jnp.int32) < self.batch

    def _units_inside(self, block: Any) -> Tensor:
        return block * COLUMNS + jnp.arange(COLUMNS, dtype=jnp.int32) < self.units

    def _inside(self, name: str, block: Any) -> Tensor | None:
        if name in self.own:
            return None
        return self._sequences_inside[:, None] & self._units_inside(block)[None]

    def _columns(self, name: str, block: Any, part: Any) -> Any:
        length = filled(self.units, COLUMNS) if name in self.own else self.units
        return pl.ds(part * length + block * COLUMNS, COLUMNS)

    def _place(self, name: str, block: Any, time: Any, part: Any) -> Any:
        times = () if time is None else (time,)
        columns = self._columns(name, block, part)
        return self.arrays[name].at[(self._rows, *times, columns)]

    def _raw(self, name: str, block: Any, time: Any = None, part: Any = 0) -> Tensor:
        """A tile in the type of its array."""
        where, mask = self._place(name, block, time, part), self._inside(name, block)
        return triton.load(where, mask=mask, other=None if mask is None else 0)

    def _weights(self, kernel: str, row: Any, column: Any, part: int) -> Tensor:
        """Weights `(COLUMNS, COLUMNS)` between the units of two blocks."""
        rows = self._columns(kernel, row, 0)
        return triton.load(
            self.arrays[kernel].at[rows, self._columns(kernel, column, part)]
        )

    def _dot(self, rows: Tensor, weights: Tensor, axis: int) -> Tensor:
        return lax.dot_general(
            rows,
            weights,
            (((1,), (axis,)), ((), ())),
            precision=self.precision if rows.dtype == jnp.float32 else None,
            preferred_element_type=jnp.float32,
        )

    @staticmethod
    def _zeros() -> Tensor:
        return jnp.zeros((ROWS, COLUMNS), jnp.float32)


def _repeated(times: int, body: Callable[[Any, Any], Any], start: Any) -> Any:
    """A loop, whose counter has 32 bits whatever JAX takes for integers."""
    return lax.fori_loop(np.int32(0), np.int32(times), body, start)


def filled(length: int, tile: int) -> int:
    """The length of so many whole tiles as hold it."""
    return -(-length // tile) * tile


def held(after: Tensor, before: Tensor, valid: Tensor | None) -> Tensor:
    """What comes out of a step, or where it is masked what went in."""
    return after if valid is None else jnp.where(valid, after, before)
