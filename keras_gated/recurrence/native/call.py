"""One call of the library: what it reads and writes, by the names of `src/loops.h`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import keras

from keras_gated._types import Tensor
from keras_gated.recurrence._shapes import agreed
from keras_gated.recurrence.units import (
    LSTM,
    GRUResetAfter,
    GRUResetBefore,
    HandWrittenUnit,
    SimpleRNN,
)

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

DTYPES = {"valid": "bool"}
"""The types of arrays that are not float32."""

GIVES_SIZES = ("inputs", "recurrent_kernel")
"""What no call is without: the lengths of all axes follow from theirs."""


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

    Raises:
        ValueError: If there is no such direction, unit or array.
    """

    direction: Direction
    unit: int
    reads: tuple[str, ...]
    writes: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.direction not in READS or self.unit not in range(len(KINDS)):
            raise ValueError(
                f"The C++ loops have the directions {list(READS)} and {len(KINDS)} "
                f"units. Received {self.direction!r} and unit {self.unit!r}."
            )
        known = READS[self.direction], WRITES[self.direction]
        given = self.reads, self.writes
        if any(
            names != tuple(name for name in table if name in names)
            for names, table in zip(given, known, strict=True)
        ) or not set(GIVES_SIZES).issubset(self.reads):
            raise ValueError(
                f"The C++ loop {self.direction} reads some of {list(known[0])}, among "
                f"them {list(GIVES_SIZES)}, and writes some of {list(known[1])}, in "
                f"this order. Received {list(given[0])} and {list(given[1])}."
            )

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
        """How long each axis is, given what is read.

        Raises:
            ValueError: If an array has another type or shape than the others ask for.
        """
        if len(arrays) != len(self.reads):
            raise ValueError(
                f"The C++ loop {self.direction} was to read {list(self.reads)}. "
                f"Received {len(arrays)} arrays."
            )
        given = dict(zip(self.reads, arrays, strict=True))
        for name, array in given.items():
            dtype = keras.backend.standardize_dtype(array.dtype)
            if dtype != DTYPES.get(name, "float32"):
                raise ValueError(
                    f"The C++ loops need {DTYPES.get(name, 'float32')} for {name}. "
                    f"Received {dtype}."
                )
        known = {"g": 3}
        # A weight without axes is refused with the others.
        for units in given["recurrent_kernel"].shape[:1]:
            known["h"] = units
            known["p"] = self.kind.blocks * units
            known["k"] = self.kind.kept_blocks * units
        return agreed(zip(self.reads, self.read_axes, arrays, strict=True), known)

    def write_shapes(self, sizes: Mapping[str, int]) -> list[tuple[int, ...]]:
        """The shapes of what is written, given how long each axis is."""
        return [tuple(sizes[axis] for axis in axes) for axes in self.write_axes]
