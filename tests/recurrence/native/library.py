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


FLOATS = ctypes.c_void_p


class LoopStruct(ctypes.Structure):
    _fields_ = (
        ("unit", ctypes.c_int),
        ("steps", ctypes.c_int64),
        ("batch", ctypes.c_int64),
        ("features", ctypes.c_int64),
        ("units", ctypes.c_int64),
        *((name, FLOATS) for name in (
            "inputs", "kernel", "bias", "recurrent_kernel", "recurrent_bias",
            "peepholes", "valid", "dropout_mask", "first_output", "first_carry",
        )),
        ("threads", ctypes.c_int),
    )  # fmt: skip


class ForwardStruct(ctypes.Structure):
    _fields_ = tuple((name, FLOATS) for name in States._fields)


class BackwardStruct(ctypes.Structure):
    _fields_ = tuple(
        (name, FLOATS)
        for name in (
            "outputs", "carries", "kept", "d_outputs", "d_last_output", "d_last_carry",
            "d_inputs", "d_first_output", "d_first_carry", "d_kernel", "d_bias",
            "d_recurrent_kernel", "d_recurrent_bias", "d_peepholes",
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
        self._call("forward", problem, threads, ForwardStruct(*map(_pointer, found)))
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
        self._call("backward", problem, threads, BackwardStruct(*map(_pointer, arrays)))
        return {name: value for name, value in found.items() if value is not None}

    def _call(self, name, problem, threads, arrays):
        batch, steps, features = problem.inputs.shape
        loop = LoopStruct(
            UNITS.index(problem.unit),
            steps,
            batch,
            features,
            problem.first_output.shape[-1],
            *(
                _pointer(getattr(problem, field))
                for field, _ in LoopStruct._fields_[5:-1]
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
