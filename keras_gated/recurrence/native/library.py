"""The C library: where it is, how it is called, and why it may be missing.

`hatch_build.py` puts it beside this file, or a note that says why it could not.
"""

import ctypes
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from keras_gated.recurrence.native.call import READS, WRITES, Direction

FOLDER = Path(__file__).parent
LOOPS = FOLDER / "libkeras_gated.so"
"""The loops, with nothing but the C++ standard library around them."""

LOOPS_FOR_XLA = FOLDER / "libkeras_gated_xla.so"
"""The same loops as custom calls of XLA."""

NOTE = FOLDER / "not_built.txt"

SWITCH = "KERAS_GATED_NATIVE"
"""The environment variable that turns the library off if it is 0, when keras_gated is
installed (it is not built) and whenever a layer is called (it is not used)."""


def missing(file: Path) -> str | None:
    """Why one of the two libraries cannot be used; None if it can."""
    if os.environ.get(SWITCH) == "0":
        return f"{SWITCH}=0 turns the C++ loops off"
    if file.exists():
        return None
    why = "it was not installed with pip"
    if NOTE.exists():
        why = NOTE.read_text().strip()
    return (
        f"this installation of keras_gated has no C++ loops ({why}); with a C++ "
        "compiler (g++ or clang++) `pip install --force-reinstall --no-deps "
        "keras_gated`, in a checkout `pip install --editable .`, builds them"
    )


class Array(NamedTuple):
    """An array in memory: the struct of that name in `src/boundary.h`.

    Attributes:
        dtype: The name of its type.
        address: Where it begins.
        size: How many bytes it has there.
        shape: The lengths of its axes, of which there are at most three.
    """

    dtype: str
    address: int
    size: int
    shape: tuple[int, ...]


TYPES = {"float32": 1, "bool": 2}
OTHER_TYPE = 3

MOST_AXES = 3

ROOM = 500
"""Bytes for a message."""


@cache
def _loaded() -> ctypes.CDLL:
    return ctypes.CDLL(str(LOOPS))


def run(
    direction: Direction,
    unit: int,
    sizes: dict[str, int],
    arrays: Mapping[str, Array],
    threads: int,
) -> None:
    """Runs a loop over arrays that are given by their addresses.

    Args:
        direction: Which loop.
        unit: The number of the unit.
        sizes: How long the axes t, b, d and h are.
        arrays: The arrays by their names.
        threads: The most that may take part.

    Raises:
        MemoryError: If there is no room for a copy of the weights.
        ValueError: If an array has not the type, the shape or the number of bytes that
            such a call needs, or is missing.
    """
    numbers = (unit, *(sizes[axis] for axis in "tbdh"), threads)
    names = (*READS[direction], *WRITES[direction])
    flat = [number for name in names for number in _flat(arrays.get(name))]
    message = ctypes.create_string_buffer(ROOM)
    result = getattr(_loaded(), f"keras_gated_{direction}")(
        (ctypes.c_int64 * len(numbers))(*numbers),
        (ctypes.c_int64 * len(flat))(*flat),
        ctypes.c_int64(len(names)),
        message,
        ctypes.c_int64(ROOM),
    )
    if result == 1:
        raise MemoryError("No memory for a copy of the recurrent weights.")
    if result:
        why = message.value.decode()
        raise ValueError(f"A C++ loop was called with what it cannot work on: {why}.")


def _flat(array: Array | None) -> tuple[int, ...]:
    """The fields of the struct, all of which are integers of 64 bits."""
    if array is None:
        return (0,) * (4 + MOST_AXES)
    shape = array.shape[:MOST_AXES]
    return (
        TYPES.get(array.dtype, OTHER_TYPE),
        array.address,
        array.size,
        len(array.shape),
        *shape,
        *(0,) * (MOST_AXES - len(shape)),
    )


def instruction_set() -> str:
    """The vector instructions that the loops use on this machine, e.g. "avx2"."""
    function = _loaded().keras_gated_isa
    function.restype = ctypes.c_char_p
    return str(function().decode())
