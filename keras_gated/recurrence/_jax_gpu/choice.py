"""When the kernels for GPUs are taken."""

import math

import jax
import jax.numpy as jnp

from keras_gated.recurrence._jax_gpu.launch import is_interpreted
from keras_gated.recurrence.operands import Operands

MOST_BYTES = 2**20
"""A program has one multiprocessor, which must read and multiply all recurrent weights
in the time that a step takes all of them together, kernel after kernel. Calculated, not
measured."""

RULE = (
    "They are cuDNN's for an LSTM in float32 without peepholes, mask and recurrent "
    "dropout. Else they are kernels of Pallas, for at most 1 MiB of recurrent weights, "
    "which an LSTM of 256 units has in float32; more of them take lax.scan, and so "
    "does an empty batch."
)


def missing() -> str | None:
    """Why the loops for GPUs cannot be used in this process; None if they can."""
    if is_interpreted():
        return None
    if _platform() != "gpu":
        return f"JAX computes on a {_platform()}, not on a GPU"
    if jax.device_count() > 1:
        return (
            f"the loops for GPUs work on one, and JAX has {jax.device_count()}; "
            "CUDA_VISIBLE_DEVICES=0 shows it one"
        )
    return None


def takes(operands: Operands) -> bool:
    """Whether the loops for GPUs are taken for these tensors.

    Not where their sizes are unknown, as in a program that is exported with such.
    """
    weights = sum(math.prod(weight.shape) for weight in operands.weights)
    fits = weights * operands.inputs.dtype.itemsize <= MOST_BYTES
    shape = operands.inputs.shape
    known = all(isinstance(length, int) and length > 0 for length in shape)
    return known and (fits or is_cudnns(operands))


def is_cudnns(operands: Operands) -> bool:
    """Whether these tensors are for cuDNN.

    Of the units here it has the one with two states, on JAX, if there are no peepholes
    beside the kernel. It knows lengths, but whether a mask is one is known only when
    the program runs. JAX hands it float32 alone.
    """
    return (
        _platform() == "gpu"
        and len(operands.states) == 2
        and len(operands.weights) == 1
        and operands.inputs.dtype == jnp.float32
        and operands.valid is None
        and operands.dropout_mask is None
    )


def _platform() -> str:
    """What JAX computes on, unless it is told otherwise by where its arrays are."""
    device = jax.config.jax_default_device
    if device is None:
        return jax.default_backend()
    return device if isinstance(device, str) else device.platform
