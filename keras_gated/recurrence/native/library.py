"""The C library: where it is, how it is called, and why it may be missing.

`hatch_build.py` puts it beside this file, or a note that says why it could not. It has
the hash of its sources in it, and is not called if they are not those that are here.
"""

import ctypes
import os
import weakref
from array import array
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import accumulate, chain
from pathlib import Path
from typing import Any, NamedTuple

from keras_gated.recurrence.native import build_table, layout
from keras_gated.recurrence.native.call import READS, WRITES, Direction
from keras_gated.recurrence.native.how_to_build import how_to_build

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
        return _refusal(file)
    why = "it was not installed with pip"
    if NOTE.exists():
        why = NOTE.read_text().strip()
    return (
        f"this installation of keras_gated has no C++ loops ({why}); {how_to_build()}"
    )


@cache
def _refusal(file: Path) -> str | None:
    """Why a library that is there is not to be called; None if it is to.

    Its bytes are searched, so that not even a foreign one is loaded.
    """
    if not build_table.SOURCES.is_dir():
        return f"the C++ loops are not used without their sources {build_table.SOURCES}"
    sources = build_table.sources_hash(layout.header())
    try:
        if sources.encode() not in file.read_bytes():
            return f"{file} has C++ loops of other sources than these; {how_to_build()}"
        loaded(file)
    except OSError as error:
        return f"the C++ loops cannot be loaded ({error}); {how_to_build()}"
    return None


@cache
def loaded(file: Path) -> ctypes.CDLL:
    return ctypes.CDLL(str(file))


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


ROOM = 500
"""Bytes for a message."""


class Frame:
    """A call of a loop, but for where its arrays are and the threads that take part.

    Args:
        direction: Which loop.
        unit: The number of the unit.
        sizes: How long the axes t, b, d and h are.
        arrays: The arrays by their names; their addresses do not matter.
    """

    def __init__(
        self,
        direction: Direction,
        unit: int,
        sizes: Mapping[str, int],
        arrays: Mapping[str, Array],
    ) -> None:
        names = (*READS[direction], *WRITES[direction])
        flat = [_flat(arrays.get(name)) for name in names]
        begins = dict(zip(names, accumulate(map(len, flat), initial=0), strict=False))
        self._name = f"keras_gated_{direction}"
        self._numbers = array("q", layout.numbers(unit, sizes, 1))
        self._arrays = array("q", chain.from_iterable(flat))
        self._count = len(names)
        self._addresses = [
            begins[name] + layout.ARRAY.index("address") for name in arrays
        ]

    def run(self, addresses: Iterable[int], threads: int) -> None:
        """Runs the loop.

        Args:
            addresses: Where the arrays are, in the order in which they were named.
            threads: The most that may take part.

        Raises:
            MemoryError: If there is no room for a copy of the weights.
            ValueError: If an array has not the type, the shape or the number of bytes
                that such a call needs, or is missing.
        """
        self._call(self._name, addresses, threads)

    def opened(self, addresses: Iterable[int]) -> "OpenStream":
        """This call of the forward loop, looked at and packed, to be run as it is.

        Args:
            addresses: Where the arrays are, in the order in which they were named, and
                where they must stay.

        Raises:
            MemoryError: As in `run`.
            ValueError: As in `run`.
        """
        handle = ctypes.c_void_p()
        self._call("keras_gated_open_stream", addresses, 1, ctypes.byref(handle))
        return OpenStream(handle)

    def _call(
        self, name: str, addresses: Iterable[int], threads: int, *more: Any
    ) -> None:
        numbers, arrays = self._numbers[:], self._arrays[:]
        numbers[-1] = threads
        for place, address in zip(self._addresses, addresses, strict=True):
            arrays[place] = address
        message = ctypes.create_string_buffer(ROOM)
        result = getattr(loaded(LOOPS), name)(
            ctypes.c_void_p(numbers.buffer_info()[0]),
            ctypes.c_void_p(arrays.buffer_info()[0]),
            ctypes.c_int64(self._count),
            message,
            ctypes.c_int64(ROOM),
            *more,
        )
        if result == 1:
            raise MemoryError("No memory for a copy of the recurrent weights.")
        if result:
            why = message.value.decode()
            raise ValueError(
                f"A C++ loop was called with what it cannot work on: {why}."
            )


class OpenStream:
    """A forward loop that is run again and again on the same arrays."""

    def __init__(self, handle: ctypes.c_void_p) -> None:
        shared = loaded(LOOPS)
        run, close = shared.keras_gated_run_stream, shared.keras_gated_close_stream
        run.restype = close.restype = None
        self._run, self._handle = run, handle
        weakref.finalize(self, close, handle)

    def run(self) -> None:
        """Runs the loop in this thread; no two at a time may."""
        self._run(self._handle)


def run(
    direction: Direction,
    unit: int,
    sizes: Mapping[str, int],
    arrays: Mapping[str, Array | None],
    threads: int,
) -> None:
    """Runs a loop over arrays that are given by their addresses, as a `Frame` does."""
    given = {name: array for name, array in arrays.items() if array is not None}
    addresses = [array.address for array in given.values()]
    Frame(direction, unit, sizes, given).run(addresses, threads)


def _flat(given: Array | None) -> tuple[int, ...]:
    """The fields of the struct, all of which are integers of 64 bits."""
    if given is None:
        return (0,) * (len(layout.ARRAY) + layout.MOST_AXES)
    types = {name: number for number, name in enumerate(layout.TYPES, start=1)}
    fields = {
        "type": types.get(given.dtype, len(types) + 1),
        "address": given.address,
        "bytes": given.size,
        "axes": len(given.shape),
    }
    shape = given.shape[: layout.MOST_AXES]
    padding = (0,) * (layout.MOST_AXES - len(shape))
    return (*(fields[name] for name in layout.ARRAY), *shape, *padding)


def instruction_set() -> str:
    """The vector instructions that the loops use on this machine, e.g. "avx2"."""
    function = loaded(LOOPS).keras_gated_isa
    function.restype = ctypes.c_char_p
    return str(function().decode())
