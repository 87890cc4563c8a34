"""One call of the library: what it reads and writes, by the names of `layout.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import keras
from keras import ops
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
    FullGateRecurrence,
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
from keras_gated.recurrence.native.recurrent_kernels import (
    RecurrentKernels,
    SideBySide,
    WithGateKernel,
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
    "lstm_full_gate_recurrence": FullGateRecurrence(),
    "mut1": MUT1(),
    "mut2": MUT2(),
    "mut3": MUT3(),
}

KERNELS: Mapping[type, RecurrentKernels] = {
    GRUResetBefore: SideBySide((2, 1)),
    MUT1: SideBySide((1, 1)),
    MUT2: SideBySide((1, 1, 1)),
    MUT3: SideBySide((1, 1, 1)),
    FullGateRecurrence: WithGateKernel(),
}
"""The recurrent kernels, where there are several."""


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
        return self.blocks.carry > 0

    def arrays(self, weights: Sequence[Tensor]) -> dict[str, Tensor]:
        """A unit's weights by the names that they have there."""
        kernel, others = self._kernels.join(weights)
        return dict(zip(self._names, (kernel, *others), strict=False))

    def weights(self, arrays: Mapping[str, Tensor]) -> Tensors:
        """The weights of a unit that are these arrays."""
        kernel, *others = (arrays[name] for name in self._names if name in arrays)
        return self._kernels.split(kernel, tuple(others))

    def carry(self, states: Sequence[Tensor]) -> Tensor | None:
        """The states beside the output as one; None if there are none."""
        if len(states) < 3:
            return states[1] if len(states) > 1 else None
        return ops.concatenate(states[1:], axis=-1)

    def states(self, output: Tensor, carry: Tensor | None) -> Tensors:
        """The states that these are."""
        if self.blocks.carry < 2:
            return (output,) if carry is None else (output, carry)
        return (output, *ops.split(carry, self.blocks.carry, axis=-1))

    @property
    def _names(self) -> tuple[str, str]:
        """Those of the kernel, and of what may stand beside it."""
        return "recurrent_kernel", "peepholes" if self.has_carry else "recurrent_bias"

    @property
    def _kernels(self) -> RecurrentKernels:
        by_default = SideBySide((self.blocks.recurrent,))
        return KERNELS.get(type(self.equations), by_default)


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
        blocks, known = self.kind.blocks, {}
        # A weight without axes is refused with the others.
        for rows in given["recurrent_kernel"].shape[:1]:
            known = blocks.lengths(rows // blocks.seen)
        return agreed(zip(self.reads, self.read_axes, arrays, strict=True), known)

    def write_shapes(self, sizes: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The shapes of what is written, given how long each axis is."""
        return [tuple(sizes[axis] for axis in axes) for axes in self.write_axes]
