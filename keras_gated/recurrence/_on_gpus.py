"""What the loops for GPUs are for, on every backend that has some."""

from keras_gated.recurrence.equations import (
    LSTM,
    Equations,
    GRUResetAfter,
    GRUResetBefore,
    SimpleRNN,
)

UNITS = (LSTM, GRUResetBefore, GRUResetAfter, SimpleRNN)

NUMBERS = ("float32", "bfloat16")


def refusal(equations: Equations, dtype: str) -> str | None:
    """Why no loop for GPUs has these equations in this type; None if they do."""
    name = type(equations).__name__
    if type(equations) not in UNITS:
        return f"there is no loop for GPUs for {name}"
    if equations != type(equations)():
        return f"the loop for GPUs for {name} has its plain form only"
    if dtype not in NUMBERS:
        return f"the loops for GPUs compute in {' and '.join(NUMBERS)}, not {dtype}"
    return None
