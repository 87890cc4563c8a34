"""The native loops, built from their sources and called through ctypes."""

import ctypes
import importlib.util
import subprocess
from pathlib import Path

import numpy as np

from tests.recurrence.native.reference import BLOCKS, KEPT, UNITS

NATIVE = Path(__file__).parents[3] / "keras_gated/recurrence/native"


def build_table():
    """The table of compilations, without all that importing the package needs."""
    path = NATIVE / "build_table.py"
    spec = importlib.util.spec_from_file_location("build_table", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def build(folder, compiler="c++", extra=()):
    """Builds the library, without bindings, and returns its file."""
    table = build_table()
    objects = []
    common = [compiler, *table.COMMON_FLAGS, *extra]
    for compilation in table.compilations():
        objects.append(str(folder / f"{compilation.name}.o"))
        source = str(NATIVE / "src" / compilation.source)
        command = [*common, *compilation.flags, "-c", source, "-o", objects[-1]]
        subprocess.run(command, check=True)
    library = folder / "keras_gated_native.so"
    subprocess.run([*common, "-shared", *objects, "-o", str(library)], check=True)
    return library


FLOATS = ctypes.c_void_p


class LoopStruct(ctypes.Structure):
    _fields_ = (
        ("unit", ctypes.c_int),
        ("steps", ctypes.c_int64),
        ("batch", ctypes.c_int64),
        ("units", ctypes.c_int64),
        *((name, FLOATS) for name in (
            "recurrent_kernel", "recurrent_bias", "peepholes", "valid", "dropout_mask",
            "first_output", "first_carry",
        )),
        ("threads", ctypes.c_int),
    )  # fmt: skip


class ForwardStruct(ctypes.Structure):
    _fields_ = tuple(
        (name, FLOATS)
        for name in ("projected", "outputs", "carries", "last_carry", "kept")
    )


class BackwardStruct(ctypes.Structure):
    _fields_ = tuple(
        (name, FLOATS)
        for name in (
            "outputs", "carries", "kept", "d_outputs", "d_last_output", "d_last_carry",
            "d_projected", "d_first_output", "d_first_carry", "d_bias",
            "d_recurrent_bias", "d_peepholes",
        )
    )  # fmt: skip


class Library:
    """The functions of a built library on arrays."""

    def __init__(self, path):
        self._functions = ctypes.CDLL(str(path))
        self._functions.keras_gated_isa.restype = ctypes.c_char_p

    @property
    def isa(self):
        return self._functions.keras_gated_isa().decode()

    def forward(self, problem, threads=1, save=True):
        """Outputs, carries or, unless saved, the last of them, and activations."""
        steps, batch, _ = problem.projected.shape
        units = problem.first_output.shape[-1]
        lstm = problem.unit == "lstm"
        outputs = _empty(steps, batch, units)
        carries = _empty(steps, batch, units) if lstm and save else None
        last_carry = _empty(batch, units) if lstm else None
        kept = _empty(steps, batch, KEPT[problem.unit] * units) if save else None
        arrays = (problem.projected, outputs, carries, last_carry, kept)
        self._call("forward", problem, threads, ForwardStruct(*map(_pointer, arrays)))
        return outputs, carries if save else last_carry, kept

    def backward(self, problem, outputs, carries, kept, upstream, threads=1):
        """The gradients, by their names in the header."""
        steps, batch, width = problem.projected.shape
        units = problem.first_output.shape[-1]
        lstm = problem.unit == "lstm"
        found = {
            "d_projected": _empty(steps, batch, width),
            "d_first_output": _empty(batch, units),
            "d_first_carry": _empty(batch, units) if lstm else None,
            "d_bias": _empty(BLOCKS[problem.unit] * units),
            "d_recurrent_bias": (
                None if problem.recurrent_bias is None else _empty(width)
            ),
            "d_peepholes": None if problem.peepholes is None else _empty(3, units),
        }
        arrays = (outputs, carries, kept, *upstream, *found.values())
        self._call("backward", problem, threads, BackwardStruct(*map(_pointer, arrays)))
        return {name: value for name, value in found.items() if value is not None}

    def _call(self, name, problem, threads, arrays):
        loop = LoopStruct(
            UNITS.index(problem.unit),
            *problem.projected.shape[:2],
            problem.first_output.shape[-1],
            *(
                _pointer(getattr(problem, field))
                for field, _ in LoopStruct._fields_[4:-1]
            ),
            threads,
        )
        function = getattr(self._functions, f"keras_gated_{name}")
        assert function(ctypes.byref(loop), ctypes.byref(arrays)) == 0


def _empty(*shape):
    """An array that shows what nobody wrote to."""
    return np.full(shape, 12345.678, np.float32)


def _pointer(array):
    if array is None:
        return None
    assert array.flags.c_contiguous and array.dtype in (np.float32, np.uint8)
    return array.ctypes.data
