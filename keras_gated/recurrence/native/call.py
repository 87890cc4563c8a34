"""One call of the library: what it reads and writes, by the names of `layout.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any, Literal

import keras
from keras.activations import linear

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence._shapes import agreed
from keras_gated.recurrence.equations import (
    LSTM,
    MUT1,
    MUT2,
    MUT3,
    Equations,
    EquationsWithDerivative,
    GRUResetAfter,
    GRUResetBefore,
    LSTMVariant,
    SimpleRNN,
)
from keras_gated.recurrence.native.layout import (
    BACKWARD_READS,
    BACKWARD_WRITES,
    FORWARD_WRITES,
    LOOP,
    NUMBERS,
    UNITS,
    Array,
    Blocks,
)

Direction = Literal["forward", "backward"]

READS: dict[Direction, dict[str, Array]] = {
    "forward": LOOP,
    "backward": {**LOOP, **BACKWARD_READS},
}
"""What each direction reads."""

WRITES: dict[Direction, dict[str, Array]] = {
    "forward": FORWARD_WRITES,
    "backward": BACKWARD_WRITES,
}
"""What each direction writes."""


def target(direction: Direction) -> str:
    """The name under which XLA has a loop."""
    return f"keras_gated_{direction}"


GIVES_SIZES = ("inputs", "recurrent_kernel")
"""What no call is without: the lengths of all axes follow from theirs."""


EQUATIONS: dict[str, EquationsWithDerivative] = {
    "lstm": LSTM(),
    "gru_reset_before": GRUResetBefore(),
    "gru_reset_after": GRUResetAfter(),
    "simple_rnn": SimpleRNN(),
    "lstm_no_input_gate": LSTMVariant(use_input_gate=False),
    "lstm_no_forget_gate": LSTMVariant(use_forget_gate=False),
    "lstm_no_output_gate": LSTMVariant(use_output_gate=False),
    "lstm_linear_candidate": LSTMVariant(activation=linear),
    "lstm_linear_output": LSTMVariant(output_activation=linear),
    "lstm_coupled_gates": LSTMVariant(coupled_gates=True),
    "mut1": MUT1(),
    "mut2": MUT2(),
    "mut3": MUT3(),
}

KERNELS = {GRUResetBefore: (2, 1), MUT1: (1, 1), MUT2: (1, 1, 1), MUT3: (1, 1, 1)}
"""The blocks of each of the recurrent kernels, where there are several."""


@dataclass(frozen=True)
class Kind:
    """A unit as the library knows it.

    Attributes:
        equations: Those of its step.
        blocks: How many blocks of columns it has.
    """

    equations: EquationsWithDerivative
    blocks: Blocks

    @staticmethod
    def of(equations: Equations) -> "Kind":
        """That of equations which the library knows."""
        (kind,) = (kind for kind in KINDS if kind.equations == equations)
        return kind

    @property
    def has_carry(self) -> bool:
        return self.blocks.peepholes > 0

    def kernels(self, weights: Sequence[Tensor]) -> Sequence[Tensor]:
        """Those of a unit's weights that are one kernel there, side by side."""
        return weights[: len(self._kernels)]

    def split(self, kernel: Tensor) -> Tensors:
        """The kernels that are one there."""
        if len(self._kernels) == 1:
            return (kernel,)
        ends = [kernel.shape[0] * blocks for blocks in accumulate(self._kernels)]
        return tuple(kernel[:, a:b] for a, b in pairwise((0, *ends)))

    def beside_kernels(self, weights: Sequence[Tensor]) -> dict[str, Tensor]:
        """Peepholes or a recurrent bias, where there are any, by their names there."""
        others = weights[len(self.kernels(weights)) :]
        name = "peepholes" if self.has_carry else "recurrent_bias"
        return {name: others[0]} if others else {}

    @property
    def _kernels(self) -> tuple[int, ...]:
        return KERNELS.get(type(self.equations), (self.blocks.recurrent,))


KINDS = tuple(Kind(EQUATIONS[name], blocks) for name, blocks in UNITS.items())
"""By the numbers of the units."""


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
        equations: Equations,
        arrays: Mapping[str, Tensor | None],
        writes: tuple[str, ...],
    ) -> "Call":
        """The call that reads those of `arrays` that are there."""
        number = KINDS.index(Kind.of(equations))
        reads = tuple(n for n in READS[direction] if arrays.get(n) is not None)
        return cls(direction, number, reads, writes)

    @property
    def kind(self) -> Kind:
        return KINDS[self.unit]

    @property
    def target(self) -> str:
        """The name under which XLA has the loop."""
        return target(self.direction)

    @property
    def masks(self) -> dict[str, int]:
        """For what is read and what is written: bit n is set if name n is there."""
        tables = {
            "reads": (READS[self.direction], self.reads),
            "writes": (WRITES[self.direction], self.writes),
        }
        return {
            what: sum(1 << n for n, name in enumerate(names) if name in there)
            for what, (names, there) in tables.items()
        }

    @property
    def read_axes(self) -> list[str]:
        return [READS[self.direction][name].axes for name in self.reads]

    @property
    def write_axes(self) -> list[str]:
        return [WRITES[self.direction][name].axes for name in self.writes]

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
        number = keras.backend.standardize_dtype(given["inputs"].dtype)
        if number not in NUMBERS:
            raise ValueError(
                f"The C++ loops need {' or '.join(NUMBERS)} for inputs. Received "
                f"{number}."
            )
        for name, array in given.items():
            dtype = keras.backend.standardize_dtype(array.dtype)
            needed = READS[self.direction][name].dtype_among(number)
            if dtype != needed:
                raise ValueError(
                    f"The C++ loops need {needed} for {name} beside inputs of "
                    f"{number}. Received {dtype}."
                )
        blocks = self.kind.blocks
        known = {"g": blocks.peepholes}
        # A weight without axes is refused with the others.
        for units in given["recurrent_kernel"].shape[:1]:
            known["h"] = units
            known["p"] = blocks.projected * units
            known["q"] = blocks.recurrent * units
            known["s"] = blocks.recurrent_bias * units
            known["k"] = blocks.kept * units
        return agreed(zip(self.reads, self.read_axes, arrays, strict=True), known)

    def write_shapes(self, sizes: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The shapes of what is written, given how long each axis is."""
        return [tuple(sizes[axis] for axis in axes) for axes in self.write_axes]
