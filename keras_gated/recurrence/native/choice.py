"""When the C++ loop is taken."""

import keras

from keras_gated.recurrence.native import backend
from keras_gated.recurrence.native.call import KINDS
from keras_gated.recurrence.operands import Operands
from keras_gated.recurrence.units import Unit

RULE = "It is taken for float32 on a CPU; an empty batch takes the backend's loop."


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
    )
