"""The native loops, built from their sources and called through ctypes."""

import ctypes
import importlib.util
import subprocess
from pathlib import Path

import numpy as np

from tests.recurrence.native.reference import KEPT, UNITS, States

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


class SizesStruct(ctypes.Structure):
    _fields_ = tuple(
        (name, ctypes.c_int64)
        for name in ("unit", "steps", "batch", "features", "units", "threads")
    )


class ArrayStruct(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_int64) for name in ("type", "address", "bytes", "axes")),
        ("shape", ctypes.c_int64 * 3),
    )


TYPES = {np.dtype("float32"): 1, np.dtype("uint8"): 2, np.dtype("bool"): 2}
LOOP = (
    "inputs", "kernel", "bias", "recurrent_kernel", "recurrent_bias", "peepholes",
    "valid", "dropout_mask", "first_output", "first_carry",
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
        """The states; unless saved, without carries and activations."""
        steps, (batch, units) = problem.steps, problem.first_output.shape
        lstm = problem.unit == "lstm"
        found = States(
            _empty(batch, steps, units),
            _empty(batch, units),
            _empty(steps, batch, units) if lstm and save else None,
            _empty(batch, units) if lstm else None,
            _empty(steps, batch, KEPT[problem.unit] * units) if save else None,
        )
        self._call("forward", problem, threads, found)
        return found

    def backward(self, problem, states, upstream, threads=1, to_inputs=True):
        """The gradients, by their names in the header."""
        lstm = problem.unit == "lstm"
        like = {
            "d_inputs": problem.inputs if to_inputs else None,
            "d_first_output": problem.first_output,
            "d_first_carry": problem.first_carry if lstm else None,
            "d_kernel": problem.kernel,
            "d_bias": problem.bias,
            "d_recurrent_kernel": problem.recurrent_kernel,
            "d_recurrent_bias": problem.recurrent_bias,
            "d_peepholes": problem.peepholes,
        }
        found = {n: None if x is None else _empty(*x.shape) for n, x in like.items()}
        given = (states.outputs, states.carries, states.kept, *upstream)
        arrays = (*given, *found.values())
        self._call("backward", problem, threads, arrays)
        return {name: value for name, value in found.items() if value is not None}

    def _call(self, name, problem, threads, arrays):
        batch, steps, features = problem.inputs.shape
        sizes = SizesStruct(
            UNITS.index(problem.unit),
            steps,
            batch,
            features,
            problem.first_output.shape[-1],
            threads,
        )
        arrays = *(getattr(problem, field) for field in LOOP), *arrays
        structs = (ArrayStruct * len(arrays))(*map(_in_memory, arrays))
        message = ctypes.create_string_buffer(500)
        result = getattr(self._functions, f"keras_gated_{name}")(
            ctypes.byref(sizes),
            structs,
            ctypes.c_int64(len(arrays)),
            message,
            ctypes.c_int64(len(message)),
        )
        assert result == 0, message.value


def _empty(*shape):
    """An array that shows what nobody wrote to."""
    return np.full(shape, 12345.678, np.float32)


def _in_memory(array):
    if array is None:
        return ArrayStruct()
    assert array.flags.c_contiguous
    return ArrayStruct(
        TYPES[array.dtype], array.ctypes.data, array.nbytes, array.ndim, array.shape
    )
