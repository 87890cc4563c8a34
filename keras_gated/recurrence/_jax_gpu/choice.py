"""When the kernels for GPUs are taken."""

import math

import jax

from keras_gated.recurrence._jax_gpu.launch import is_interpreted
from keras_gated.recurrence.equations import (
    LSTM,
    Equations,
    GRUResetAfter,
    GRUResetBefore,
    SimpleRNN,
)
from keras_gated.recurrence.operands import Operands

UNITS = (LSTM, GRUResetBefore, GRUResetAfter, SimpleRNN)

DTYPES = ("float32", "bfloat16")

MOST_BYTES = 2**20
"""More recurrent weights are more than one multiprocessor, which is all that a program
has, can read and multiply in the time in which all of them do a step together. By
calculation; nobody has measured it."""

RULE = (
    "It is taken for at most 1 MiB of recurrent weights (in float32 an LSTM of 256 "
    "units has as many); more of them take lax.scan, and so does an empty batch."
)


def refusal(equations: Equations, dtype: str) -> str | None:
    """Why the kernels are not taken for a layer; None if they are."""
    name = type(equations).__name__
    if type(equations) not in UNITS:
        return f"there is no kernel for GPUs of {name}"
    if equations != type(equations)():
        return f"the kernel for GPUs of {name} has its plain form only"
    if dtype not in DTYPES:
        return f"the kernels for GPUs compute in {' and '.join(DTYPES)}, not {dtype}"
    if is_interpreted():
        return None
    if jax.default_backend() != "gpu":
        return f"JAX computes on a {jax.default_backend()}; the kernels need a GPU"
    if jax.device_count() > 1:
        return (
            f"the kernels work on one GPU, and JAX has {jax.device_count()}; "
            "CUDA_VISIBLE_DEVICES=0 shows it one"
        )
    return None


def takes(operands: Operands) -> bool:
    """Whether the kernels are taken for these tensors."""
    shape = operands.inputs.shape
    size = sum(math.prod(weight.shape) for weight in operands.weights)
    return (
        all(isinstance(length, int) and length > 0 for length in shape)
        and size * operands.inputs.dtype.itemsize <= MOST_BYTES
    )
