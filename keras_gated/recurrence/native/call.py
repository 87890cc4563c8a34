"""One call of the library: what it reads and writes, by the names of `src/loops.h`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from keras_gated.recurrence.units import (
    LSTM,
    GRUResetAfter,
    GRUResetBefore,
    HandWrittenUnit,
    SimpleRNN,
)
from keras_gated.types import Tensor

Direction = Literal["forward", "backward"]

LOOP = {
    "inputs": "btd",
    "kernel": "dp",
    "bias": "p",
    "recurrent_kernel": "hp",
    "recurrent_bias": "p",
    "peepholes": "gh",
    "valid": "bt",
    "dropout_mask": "bh",
    "first_output": "bh",
    "first_carry": "bh",
}
"""The arrays of the struct `Loop` in its order, each with its axes: b(atch), t(ime), d
for the features, h for the units, p for the projected inputs, k for what is kept, g for
the three gates that have peepholes."""

READS: dict[Direction, dict[str, str]] = {
    "forward": LOOP,
    "backward": {
        **LOOP,
        "outputs": "bth",
        "carries": "tbh",
        "kept": "tbk",
        "d_outputs": "bth",
        "d_last_output": "bh",
        "d_last_carry": "bh",
    },
}
"""What each direction reads: the struct `Loop` and the first part of its own."""

WRITES: dict[Direction, dict[str, str]] = {
    "forward": {
        "outputs": "bth",
        "last_output": "bh",
        "carries": "tbh",
        "last_carry": "bh",
        "kept": "tbk",
    },
    "backward": {
        "d_inputs": "btd",
        "d_first_output": "bh",
        "d_first_carry": "bh",
        "d_kernel": "dp",
        "d_bias": "p",
        "d_recurrent_kernel": "hp",
        "d_recurrent_bias": "p",
        "d_peepholes": "gh",
    },
}
"""What each direction writes: the second part of its struct."""


@dataclass(frozen=True)
class Kind:
    """A unit as the library knows it.

    Attributes:
        unit: The class of its equations.
        blocks: How many blocks of columns it has in the projected inputs.
        kept_blocks: How many it keeps of a step.
    """

    unit: type[HandWrittenUnit]
    blocks: int
    kept_blocks: int


KINDS = (
    Kind(LSTM, blocks=4, kept_blocks=4),
    Kind(GRUResetBefore, blocks=3, kept_blocks=3),
    Kind(GRUResetAfter, blocks=3, kept_blocks=4),
    Kind(SimpleRNN, blocks=1, kept_blocks=0),
)
"""In the order of the enumeration `Unit`, which numbers them."""


@dataclass(frozen=True)
class Call:
    """A call of the library, but for the numbers.

    Attributes:
        direction: Which of the two loops.
        unit: The number of the unit.
        reads: The names of the arrays that are handed in, in the order of `READS`.
        writes: The names of those that are wanted, in the order of `WRITES`.
    """

    direction: Direction
    unit: int
    reads: tuple[str, ...]
    writes: tuple[str, ...]

    @classmethod
    def of(
        cls,
        direction: Direction,
        unit: HandWrittenUnit,
        arrays: Mapping[str, Tensor | None],
        writes: tuple[str, ...],
    ) -> "Call":
        """The call that reads those of `arrays` that are there."""
        (number,) = (n for n, kind in enumerate(KINDS) if kind.unit is type(unit))
        reads = tuple(n for n in READS[direction] if arrays.get(n) is not None)
        return cls(direction, number, reads, writes)

    @property
    def kind(self) -> Kind:
        return KINDS[self.unit]

    @property
    def read_axes(self) -> list[str]:
        return [READS[self.direction][name] for name in self.reads]

    @property
    def write_axes(self) -> list[str]:
        return [WRITES[self.direction][name] for name in self.writes]

    def sizes(self, arrays: Sequence[Tensor]) -> dict[str, int]:
        """How long each axis is, given what is read."""
        sizes: dict[str, int] = {"g": 3}
        for axes, array in zip(self.read_axes, arrays, strict=True):
            sizes.update(zip(axes, array.shape, strict=True))
        blocks = {"p": self.kind.blocks, "k": self.kind.kept_blocks}
        return {**sizes, **{axis: n * sizes["h"] for axis, n in blocks.items()}}

    def write_shapes(self, arrays: Sequence[Tensor]) -> list[tuple[int, ...]]:
        """The shapes of what is written, given what is read."""
        sizes = self.sizes(arrays)
        return [tuple(sizes[axis] for axis in axes) for axes in self.write_axes]
