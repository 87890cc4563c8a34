"""cuDNN's LSTM, where it has the very equations."""

import jax
import jax.numpy as jnp
from jax import lax
from jax.experimental import rnn

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence._jax_gpu import launch
from keras_gated.recurrence._scanned import ScannedLoop
from keras_gated.recurrence.equations import LSTM
from keras_gated.recurrence.operands import Operands


def run(operands: Operands) -> tuple[Tensors, Tensor]:
    """The final states and all outputs; by `lax.scan` where there is no cuDNN."""

    def scanned(operands: Operands) -> tuple[Tensors, Tensor]:
        loop = ScannedLoop(LSTM())
        return loop.run(operands, checkpoint_steps=None, return_sequences=True)

    return lax.platform_dependent(operands, cuda=computed, default=scanned)


def computed(operands: Operands) -> tuple[Tensors, Tensor]:
    """The final states and all outputs by cuDNN."""
    batch, steps, features = operands.inputs.shape
    first_output, first_carry = (state[None] for state in operands.states)
    outputs, last_output, last_carry = rnn.lstm(
        operands.inputs,
        first_output,
        first_carry,
        packed(operands),
        jnp.full((batch,), steps, jnp.int32),
        features,
        operands.states[0].shape[-1],
        1,
        0.0,
        False,
        lax.Precision.HIGH if launch.is_rounded() else lax.Precision.HIGHEST,
    )
    return (last_output[0], last_carry[0]), outputs


def packed(operands: Operands) -> jax.Array:
    """The weights as cuDNN has them: both kernels turned, then two biases.

    Its gates are in the order of ours.
    """
    kernel, *bias = operands.projection
    (recurrent_kernel,) = operands.weights
    none = jnp.zeros(recurrent_kernel.shape[1], recurrent_kernel.dtype)
    parts = (kernel.T, recurrent_kernel.T, bias[0] if bias else none, none)
    return jnp.concatenate([part.ravel() for part in parts])
