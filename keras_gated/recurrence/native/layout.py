"""What a call of the C++ loops is made of, for both languages.

Python reads it here, and `build_table.py` writes it into a header for C++, without
importing the package: nothing but the standard library is imported.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Blocks(NamedTuple):
    """How many blocks of columns, each as wide as the layer, a unit has.

    Attributes:
        projected: In the projected inputs, and so in the kernel and the bias.
        recurrent: In the recurrent kernel: the last ones of those projected.
        kept: In what is kept of a step for the derivative: the activations, as
            `forward` of the unit in `recurrence/equations` hands them out.
        peepholes: Rows of the peepholes that there may be, one for each gate.
        recurrent_bias: In the recurrent bias that there may be: the last ones, too.
        carry: In the carry, what a step has from the one before beside the output: the
            cell state, and then what else the recurrent kernel sees.
    """

    projected: int
    recurrent: int
    kept: int
    peepholes: int = 0
    recurrent_bias: int = 0
    carry: int = 0

    @property
    def seen(self) -> int:
        """What the recurrent kernel has rows for: the output, and some of the carry."""
        return max(1, self.carry)

    def lengths(self, units: int) -> dict[str, int]:
        """How long the axes of arrays are that are known with the number of units."""
        in_units = {
            "h": 1,
            "p": self.projected,
            "q": self.recurrent,
            "r": self.seen,
            "s": self.recurrent_bias,
            "k": self.kept,
            "w": self.carry,
        }
        known = {axis: blocks * units for axis, blocks in in_units.items()}
        return {**known, "g": self.peepholes}


UNITS = {
    "lstm": Blocks(4, 4, 4, 3, carry=1),  # i f c o
    "gru_reset_before": Blocks(3, 3, 3),  # z r h
    # z r h, and the product of the candidate is kept
    "gru_reset_after": Blocks(3, 3, 4, recurrent_bias=3),
    "simple_rnn": Blocks(1, 1, 0),
    "lstm_no_input_gate": Blocks(3, 3, 3, 2, carry=1),  # f c o
    "lstm_no_forget_gate": Blocks(3, 3, 3, 2, carry=1),  # i c o
    "lstm_no_output_gate": Blocks(3, 3, 3, 2, carry=1),  # i f c
    "lstm_linear_candidate": Blocks(4, 4, 4, 3, carry=1),  # i f c o
    "lstm_linear_output": Blocks(4, 4, 4, 3, carry=1),  # i f c o
    "lstm_coupled_gates": Blocks(3, 3, 3, 2, carry=1),  # i c o
    # i f c o; behind the cell state the carry has i f o, and c alone is kept
    "lstm_full_gate_recurrence": Blocks(4, 4, 1, 3, carry=4),
    # z r h, and the tanh of the inputs is kept; the recurrent bias is that of h
    "mut1": Blocks(3, 2, 4, recurrent_bias=1),
    "mut2": Blocks(3, 3, 3),  # z r h
    "mut3": Blocks(3, 3, 4),  # z r h, and the tanh of the output before is kept
}
"""The units in the order of their numbers."""

AXES = {"t": "steps", "b": "batch", "d": "features", "h": "units"}
"""The axes whose lengths are handed over, between the number of the unit and the most
threads that may take part. The others follow: p for the projected inputs, q and r for
the columns and rows of the recurrent kernel, s for the recurrent bias, k for what is
kept, w for the carry, g for the gates that have peepholes."""

NUMBERS = ("float32", "bfloat16")
"""What a call may be given numbers in: those of all its arrays are of one type. Inside
of it they are float32."""

TYPES = {**dict(zip(NUMBERS, NUMBERS, strict=True)), "bool": "std::uint8_t"}
"""The types, numbered from 1, and those of C++ that hold them. An array of type 0 is
not there, and the number after the last one stands for all other types."""

ARRAY = ("type", "address", "bytes", "axes")
"""What is handed over of an array, before its shape."""


class Array(NamedTuple):
    """An array of a call, row-major and without padding.

    Attributes:
        axes: A letter of each.
        given: When it is there, by the name of a function in `src/boundary.cc`.
        dtype: The name of its type; "number" is that of the inputs, one of `NUMBERS`.
    """

    axes: str
    given: str = "always"
    dtype: str = "number"

    def dtype_among(self, number: str) -> str:
        """The name of its type in a call whose numbers have the type `number`."""
        return number if self.dtype == "number" else self.dtype


LOOP = {
    "inputs": Array("btd"),
    "kernel": Array("dp"),
    "bias": Array("p", "maybe"),
    "recurrent_kernel": Array("rq"),
    "recurrent_bias": Array("s", "maybe_recurrent_bias"),
    "peepholes": Array("gh", "maybe_peepholes"),
    "valid": Array("bt", "maybe", "bool"),  # False where a step is skipped
    "dropout_mask": Array("bh", "maybe"),
    "first_output": Array("bh"),
    "first_carry": Array("bw", "with_carry"),
}
"""What both directions read."""

FORWARD_WRITES = {
    "outputs": Array("bth"),
    "last_output": Array("bh"),
    "carries": Array("tbw", "maybe_with_carry"),  # after each step
    "last_carry": Array("bw", "with_carry"),
    "kept": Array("tbk", "maybe"),
}

BACKWARD_READS = {
    "outputs": Array("bth"),  # this and the next two as written forward
    "carries": Array("tbw", "with_carry"),
    "kept": Array("tbk", "where_kept"),
    "d_outputs": Array("bth"),
    "d_last_output": Array("bh", "maybe"),
    "d_last_carry": Array("bw", "maybe_with_carry"),
}

BACKWARD_WRITES = {
    "d_inputs": Array("btd", "maybe"),
    "d_first_output": Array("bh"),
    "d_first_carry": Array("bw", "with_carry"),
    "d_kernel": Array("dp"),
    "d_bias": Array("p", "as_bias"),
    "d_recurrent_kernel": Array("rq"),
    "d_recurrent_bias": Array("s", "as_recurrent_bias"),
    "d_peepholes": Array("gh", "as_peepholes"),
}

MOST_AXES = max(
    len(array.axes)
    for arrays in (LOOP, FORWARD_WRITES, BACKWARD_READS, BACKWARD_WRITES)
    for array in arrays.values()
)


def numbers(unit: int, sizes: Mapping[str, int], threads: int) -> tuple[int, ...]:
    """What is handed over beside the arrays, given how long each axis is."""
    return (unit, *(sizes[axis] for axis in AXES), threads)


def header() -> str:
    """All of it as lists of C++: macros that apply another one to each entry."""
    lists = {
        "UNITS": [", ".join(map(str, (name, *unit))) for name, unit in UNITS.items()],
        "AXES": [f"'{letter}', {name}" for letter, name in AXES.items()],
        "NUMBERS": list(NUMBERS),
        "TYPES": [f"{name}, {held}" for name, held in TYPES.items()],
        "ARRAY": list(ARRAY),
        "LOOP": _fields(LOOP, "const "),
        "FORWARD_WRITES": _fields(FORWARD_WRITES),
        "BACKWARD_READS": _fields(BACKWARD_READS, "const "),
        "BACKWARD_WRITES": _fields(BACKWARD_WRITES),
    }
    lines = ["// Written by layout.py.", "#pragma once"]
    for name, entries in lists.items():
        applied = " ".join(f"X({entry})" for entry in entries)
        lines.append(f"#define KERAS_GATED_{name}(X) {applied}")
    lines.append(f"#define KERAS_GATED_MOST_AXES {MOST_AXES}")
    return "\n".join(lines) + "\n"


def _fields(arrays: Mapping[str, Array], constant: str = "") -> list[str]:
    types = {**TYPES, "number": "Number"}
    return [
        f'{constant}{types[array.dtype]}, {name}, "{array.axes}", {array.given}'
        for name, array in arrays.items()
    ]
