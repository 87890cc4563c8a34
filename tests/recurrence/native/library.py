"""The C++ loops on arrays of NumPy, without what is around them in a layer."""

from functools import partial

import numpy as np

from keras_gated.recurrence.native import library
from tests.recurrence.native.lstms import CARRIES
from tests.recurrence.native.reference import KEPT, UNITS, States


class Library:
    """The functions of the library on arrays."""

    @property
    def isa(self):
        return library.instruction_set()

    def forward(self, problem, threads=1, save=True):
        """The states; unless saved, without carries and activations."""
        steps, (batch, units) = problem.steps, problem.first_output.shape
        carry = CARRIES.get(problem.unit, 0) * units
        empty = partial(_empty, problem)
        found = States(
            empty(batch, steps, units),
            empty(batch, units),
            empty(steps, batch, carry) if carry and save else None,
            empty(batch, carry) if carry else None,
            empty(steps, batch, KEPT[problem.unit] * units) if save else None,
        )
        self._call("forward", problem, threads, found._asdict())
        return found

    def backward(self, problem, states, upstream, threads=1, to_inputs=True):
        """The gradients, by their names in the header."""
        like = {
            "d_inputs": problem.inputs if to_inputs else None,
            "d_first_output": problem.first_output,
            "d_first_carry": problem.first_carry,
            "d_kernel": problem.kernel,
            "d_bias": problem.bias,
            "d_recurrent_kernel": problem.recurrent_kernel,
            "d_recurrent_bias": problem.recurrent_bias,
            "d_peepholes": problem.peepholes,
        }
        found = {
            n: None if x is None else _empty(problem, *x.shape) for n, x in like.items()
        }
        kept = {n: getattr(states, n) for n in ("outputs", "carries", "kept")}
        given = {f"d_{name}": value for name, value in upstream._asdict().items()}
        self._call("backward", problem, threads, kept | given | found)
        return {name: value for name, value in found.items() if value is not None}

    def _call(self, direction, problem, threads, arrays):
        batch, steps, features = problem.inputs.shape
        units = problem.first_output.shape[-1]
        arrays = {**problem._asdict(), **arrays}
        unit = UNITS.index(arrays.pop("unit"))
        sizes = {"t": steps, "b": batch, "d": features, "h": units}
        given = {n: _in_memory(x) for n, x in arrays.items() if x is not None}
        library.run(direction, unit, sizes, given, threads)


def _empty(problem, *shape):
    """An array that shows what nobody wrote to."""
    return np.full(shape, 12345.678, problem.inputs.dtype)


def _in_memory(array):
    assert array.flags.c_contiguous
    dtype = "bool" if array.dtype == np.uint8 else array.dtype.name
    return library.Array(dtype, array.ctypes.data, array.nbytes, array.shape)
