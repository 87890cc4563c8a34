"""The C library: where it is, how it is called, and why it may be missing.

`hatch_build.py` puts it beside this file, or a note that says why it could not.
"""

import ctypes
import os
from functools import cache
from pathlib import Path

from keras_gated.recurrence.native.call import LOOP, READS, WRITES, Direction

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


def _pointers(*names: str) -> list[tuple[str, type]]:
    return [(name, ctypes.c_void_p) for name in names]


class Loop(ctypes.Structure):
    """The struct of that name in `src/loops.h`."""

    _fields_ = (
        ("unit", ctypes.c_int),
        ("steps", ctypes.c_int64),
        ("batch", ctypes.c_int64),
        ("features", ctypes.c_int64),
        ("units", ctypes.c_int64),
        *_pointers(*LOOP),
        ("threads", ctypes.c_int),
    )


class Forward(ctypes.Structure):
    """The struct of that name in `src/loops.h`."""

    _fields_ = tuple(_pointers(*WRITES["forward"]))


class Backward(ctypes.Structure):
    """The struct of that name in `src/loops.h`."""

    _fields_ = tuple(
        _pointers(
            *(name for name in READS["backward"] if name not in LOOP),
            *WRITES["backward"],
        )
    )


@cache
def _loaded() -> ctypes.CDLL:
    return ctypes.CDLL(str(LOOPS))


def run(
    direction: Direction,
    unit: int,
    sizes: dict[str, int],
    pointers: dict[str, int],
    threads: int,
) -> None:
    """Runs a loop over arrays that are given by their addresses.

    Args:
        direction: Which loop.
        unit: The number of the unit.
        sizes: How long the axes t, b, d and h are.
        pointers: The addresses by the names of the arrays.
        threads: The most that may take part.

    Raises:
        MemoryError: If there is no room for a copy of the weights.
    """
    library, struct = _loaded(), Forward if direction == "forward" else Backward
    loop = Loop(
        unit=unit,
        steps=sizes["t"],
        batch=sizes["b"],
        features=sizes["d"],
        units=sizes["h"],
        threads=threads,
        **{name: at for name, at in pointers.items() if name in LOOP},
    )
    arrays = struct(**{name: at for name, at in pointers.items() if name not in LOOP})
    function = getattr(library, f"keras_gated_{direction}")
    if function(ctypes.byref(loop), ctypes.byref(arrays)):
        raise MemoryError("No memory for a copy of the recurrent weights.")


def instruction_set() -> str:
    """The vector instructions that the loops use on this machine, e.g. "avx2"."""
    function = _loaded().keras_gated_isa
    function.restype = ctypes.c_char_p
    return str(function().decode())
