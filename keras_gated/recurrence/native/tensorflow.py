"""TensorFlow has no C++ loops: operators for it are bound to one build of it."""

from keras_gated._types import Tensors
from keras_gated.recurrence.native.call import Call
from keras_gated.recurrence.operands import Operands


def missing() -> str | None:
    """Why the loops cannot be used in this process."""
    return "on TensorFlow the loop is compiled by XLA; the C++ one is not bound to it"


def on_this_device(operands: Operands) -> bool:
    return False


def run(call: Call, arrays: Tensors) -> Tensors:
    raise NotImplementedError(missing())
