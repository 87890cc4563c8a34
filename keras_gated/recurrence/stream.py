"""A layer step by step: the C++ loop on arrays of NumPy that stay where they are."""

from collections.abc import Sequence

import keras
import numpy as np
import numpy.typing as npt

from keras_gated.recurrence.equations import Equations
from keras_gated.recurrence.native import library
from keras_gated.recurrence.native.call import KINDS, WRITES, Call, Kind

Floats = npt.NDArray[np.float32]


class NativeStream:
    """One step, of which all arrays are at hand.

    Args:
        equations: Some of those in C++.
        projection: The kernel and, if any, the bias.
        weights: The weights that a step reads.
        batch: How many sequences.

    Attributes:
        inputs: `(batch, 1, features)`, to be written before `run`.
        outputs: `(batch, 1, units)`, written by it.
        states: Each `(batch, units)`, before and after it.
    """

    def __init__(
        self,
        equations: Equations,
        projection: Sequence[Floats],
        weights: Sequence[Floats],
        batch: int,
    ) -> None:
        features, units = projection[0].shape[0], weights[0].shape[0]
        self.inputs = np.zeros((batch, 1, features), np.float32)
        self.outputs = np.zeros((batch, 1, units), np.float32)
        kind = Kind.of(equations)
        output = np.zeros((batch, units), np.float32)
        carry = np.zeros((batch, kind.blocks.carry * units), np.float32)
        others = np.split(carry, kind.blocks.carry, axis=1) if kind.has_carry else ()
        self.states = [output, *others]
        arrays = {
            "inputs": self.inputs,
            "outputs": self.outputs,
            **dict(zip(("kernel", "bias"), projection, strict=False)),
            **{
                name: keras.ops.convert_to_numpy(weight)
                for name, weight in kind.arrays(weights).items()
            },
            **dict.fromkeys(("first_output", "last_output"), output),
        }
        if kind.has_carry:
            arrays |= dict.fromkeys(("first_carry", "last_carry"), carry)
        writes = tuple(name for name in WRITES["forward"] if name in arrays)
        call = Call.of("forward", equations, arrays, writes)
        self._arrays = {
            name: np.ascontiguousarray(arrays[name], np.float32)
            for name in (*call.reads, *call.writes)
        }
        frame = library.Frame(
            call.direction,
            call.unit,
            {"t": 1, "b": batch, "d": features, "h": units},
            {
                name: library.Array("float32", 0, array.nbytes, array.shape)
                for name, array in self._arrays.items()
            },
        )
        addresses = [array.ctypes.data for array in self._arrays.values()]
        self.run = frame.opened(addresses).run

    @staticmethod
    def refusal(equations: Equations, dtype: str) -> str | None:
        """Why there is no stream of a layer; None if there is.

        Any backend may have computed its weights.
        """
        if not any(equations == kind.equations for kind in KINDS):
            return f"there is no C++ loop for {equations}"
        if dtype != "float32":
            return f"streams compute in float32, not {dtype}"
        return library.missing(library.LOOPS)
