"""When the C++ loop is taken."""

import math

from keras_gated.recurrence.equations import Equations, LSTMVariant
from keras_gated.recurrence.native import backend
from keras_gated.recurrence.native.call import KINDS
from keras_gated.recurrence.native.layout import NUMBERS
from keras_gated.recurrence.operands import Operands

MOST_WEIGHTS = 2**19
"""More recurrent weights do not stay in the cache of one core. All cores together are
then faster, unless each has several sequences to read them for."""

FEW_SEQUENCES = 8

RULE = (
    f"It is taken for {' and '.join(NUMBERS)} on a CPU; an empty batch takes the "
    f"backend's loop, and so do fewer than {FEW_SEQUENCES} sequences where there are "
    f"more than {MOST_WEIGHTS} recurrent weights."
)


def refusal(equations: Equations, dtype: str) -> str | None:
    """Why the C++ loop is not taken for a layer; None if it is.

    Args:
        equations: Those of a step.
        dtype: The name of the type that the layer computes in.
    """
    if not any(equations == kind.equations for kind in KINDS):
        return _stranger(equations)
    if dtype not in NUMBERS:
        return f"the C++ loops compute in {' and '.join(NUMBERS)}, not {dtype}"
    return backend.missing()


def _stranger(equations: Equations) -> str:
    """What is not known of equations that the library does not know."""
    name = type(equations).__name__
    if type(equations) is LSTMVariant:
        return f"the C++ loops for {name} have one entry of LSTM_VARIANTS at a time"
    if any(type(equations) is type(kind.equations) for kind in KINDS):
        return f"the C++ loop for {name} has its plain form only"
    return f"there is no C++ loop for {name}"


def takes(operands: Operands) -> bool:
    """Whether the C++ loop is taken for these tensors."""
    return (
        backend.on_this_device(operands)
        and 0 not in operands.inputs.shape
        and not _is_faster_step_by_step(operands)
    )


def _is_faster_step_by_step(operands: Operands) -> bool:
    sequences = operands.inputs.shape[0]
    weights = sum(math.prod(weight.shape) for weight in operands.weights)
    few = sequences is not None and sequences < FEW_SEQUENCES
    return few and weights > MOST_WEIGHTS
