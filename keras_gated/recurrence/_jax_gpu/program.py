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
        batch: How many sequences there are.
        steps: How many steps they have.
        units: How many units.
        first: The first sequence of this program.
        precision: That of products of float32.
        is_interpreted: Whether there is no GPU.
    """

    arrays: dict[str, Any]
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
        """A tile, in float32."""
        return self._raw(name, block, time, part).astype(jnp.float32)

    def write(
        self, name: str, tile: Tensor, block: Any, time: Any = None, part: Any = 0
    ) -> None:
        """Writes a tile, unless the kernel has no such array."""
        if self.has(name):
            triton.store(
                self._place(name, block, time, part),
                tile.astype(self.arrays[name].dtype),
                mask=self._inside(block),
            )

    def row(self, name: str, block: Any, part: int) -> Tensor:
        """The units of a block, of what all sequences share."""
        found = triton.load(
            self.arrays[name].at[self._columns(block, part)],
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

        return lax.fori_loop(0, self._blocks, add, (self._zeros(),) * parts)

    def back(
        self, factors: Sequence[tuple[str, Any, int]], kernel: str, block: Any
    ) -> Tensor:
        """The sum of `factors`, each times its part of `kernel`'s columns, turned.

        They are given by name, time and part.
        """

        def add(inner: Any, total: Tensor) -> Tensor:
            for part, (name, *place) in enumerate(factors):
                rows = self._raw(name, inner, *place)
                weights = self._weights(kernel, block, inner, part)
                total = total + self._dot(rows, weights, 1)
            return total

        return lax.fori_loop(0, self._blocks, add, self._zeros())

    def for_blocks(self, body: Callable[[Any], None]) -> None:
        """Runs `body` for each block of units, then waits for all threads."""

        def numbered(block: Any, nothing: Any) -> Any:
            body(block)
            return nothing

        lax.fori_loop(0, self._blocks, numbered, 0)
        if not self.is_interpreted:
            triton.debug_barrier()

    def for_steps(self, body: Callable[[Any], None], reverse: bool = False) -> None:
        """Runs `body` for each step."""

        def numbered(number: Any, nothing: Any) -> Any:
            body(self.steps - 1 - number if reverse else number)
            return nothing

        lax.fori_loop(0, self.steps, numbered, 0)

    @property
    def _blocks(self) -> int:
        return pl.cdiv(self.units, COLUMNS)

    @property
    def _rows(self) -> Any:
        return pl.ds(self.first, ROWS)

    @property
    def _sequences_inside(self) -> Tensor:
        return self.first + jnp.arange(ROWS) < self.batch

    def _units_inside(self, block: Any) -> Tensor:
        return block * COLUMNS + jnp.arange(COLUMNS) < self.units

    def _inside(self, block: Any) -> Tensor:
        return self._sequences_inside[:, None] & self._units_inside(block)[None]

    def _columns(self, block: Any, part: Any) -> Any:
        return pl.ds(part * self.units + block * COLUMNS, COLUMNS)

    def _place(self, name: str, block: Any, time: Any, part: Any) -> Any:
        times = () if time is None else (time,)
        return self.arrays[name].at[(self._rows, *times, self._columns(block, part))]

    def _raw(self, name: str, block: Any, time: Any = None, part: Any = 0) -> Tensor:
        """A tile in the type of its array; outside of that it is 0."""
        where = self._place(name, block, time, part)
        return triton.load(where, mask=self._inside(block), other=0)

    def _weights(self, kernel: str, row: Any, column: Any, part: int) -> Tensor:
        """Weights `(COLUMNS, COLUMNS)` between the units of two blocks."""
        rows, columns = self._units_inside(row), self._units_inside(column)
        where = self.arrays[kernel].at[
            self._columns(row, 0), self._columns(column, part)
        ]
        return triton.load(where, mask=rows[:, None] & columns[None], other=0)

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


def held(after: Tensor, before: Tensor, valid: Tensor | None) -> Tensor:
    """What comes out of a step, or where it is masked what went in."""
    return after if valid is None else jnp.where(valid, after, before)
