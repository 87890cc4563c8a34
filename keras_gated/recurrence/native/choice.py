"""When the C++ loop is taken."""

import math

import keras

from keras_gated.recurrence.native import backend
from keras_gated.recurrence.native.call import KINDS
from keras_gated.recurrence.operands import Operands
from keras_gated.recurrence.units import Unit

MOST_WEIGHTS = 2**19
"""More recurrent weights do not stay in the cache of one core. All cores together are
then faster, unless each has several sequences to read them for."""

FEW_SEQUENCES = 8

RULE = (
    "It is taken for float32 on a CPU; an empty batch takes the backend's loop, and so "
    f"do fewer than {FEW_SEQUENCES} sequences where there are more than {MOST_WEIGHTS} "
    "recurrent weights."
)


def refusal(unit: Unit, dtype: str) -> str | None:
    """Why the C++ loop is not taken for a layer; None if it is.

    Args:
        unit: The equations of a step, with tanh and sigmoid.
        dtype: The name of the type that the layer computes in.
    """
    name = type(unit).__name__
    if not any(type(unit) is kind.unit for kind in KINDS):
        return f"there is no C++ loop for {name}"
    if unit != type(unit)():
        return f"the C++ loop for {name} has its plain form only"
    if dtype != "float32":
        return f"the C++ loops compute in float32, not {dtype}"
    return backend.missing()


def takes(unit: Unit, operands: Operands) -> bool:
    """Whether the C++ loop is taken for these tensors."""
    return (
        refusal(unit, keras.backend.standardize_dtype(operands.inputs.dtype)) is None
        and backend.on_this_device(operands)
        and 0 not in operands.inputs.shape
        and not _is_faster_step_by_step(operands)
    )


def _is_faster_step_by_step(operands: Operands) -> bool:
    sequences = operands.inputs.shape[1]
    weights = sum(math.prod(weight.shape) for weight in operands.weights)
    few = sequences is not None and sequences < FEW_SEQUENCES
    return few and weights > MOST_WEIGHTS
