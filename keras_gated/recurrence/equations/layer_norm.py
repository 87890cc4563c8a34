"""The LSTM and the GRU with layer normalisation of their sums."""

from dataclasses import dataclass

import keras
from keras import ops

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence.backend import matmul
from keras_gated.recurrence.equations.base import Equations, drop


@dataclass(frozen=True)
class LayerNormLSTM(Equations):
    """States: output and cell state. Gates in the order i, f, c, o.

    Weights: recurrent kernel, the gains of the inputs, of the recurrent sums and of the
    cell state; if any the bias and the offset of the cell state.

    Args:
        epsilon: What is added to the variances.
    """

    gates = ("input_gate", "forget_gate", "candidate", "output_gate")
    states = ("output", "carry")

    epsilon: float = 1e-5

    def forward(
        self,
        projected: Tensor,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> tuple[Tensors, Tensors]:
        output, carry = before
        recurrent_kernel, input_gain, recurrent_gain, carry_gain, *offsets = weights
        product = matmul(drop(output, dropout_mask), recurrent_kernel)
        total = input_gain * standardised(projected, self.epsilon)
        total = total + recurrent_gain * standardised(product, self.epsilon)
        if offsets:
            total = total + offsets[0]
        i, f, candidate, o = ops.split(total, 4, axis=-1)
        i, f = self.recurrent_activation(i), self.recurrent_activation(f)
        candidate = self.activation(candidate)
        o = self.recurrent_activation(o)
        carry = f * carry + i * candidate
        shown = carry_gain * standardised(carry, self.epsilon)
        if offsets:
            shown = shown + offsets[1]
        return (o * self.activation(shown), carry), (i, f, candidate, o)


@dataclass(frozen=True)
class LayerNormGRU(Equations):
    """States: the output. Gates in the order z, r, h.

    Weights: recurrent kernel, the gains of the inputs and of the recurrent sums; if any
    the bias and the offset of what the reset gate acts on.

    Args:
        epsilon: What is added to the variances.
    """

    gates = ("update_gate", "reset_gate", "candidate")

    epsilon: float = 1e-5

    def forward(
        self,
        projected: Tensor,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> tuple[Tensors, Tensors]:
        (output,) = before
        recurrent_kernel, input_gain, recurrent_gain, *offsets = weights
        product = matmul(drop(output, dropout_mask), recurrent_kernel)
        projected = input_gain * self._standardised_parts(projected)
        if offsets:
            projected = projected + offsets[0]
        sum_z, sum_r, sum_candidate = ops.split(projected, 3, axis=-1)
        product = recurrent_gain * self._standardised_parts(product)
        product_z, product_r, to_reset = ops.split(product, 3, axis=-1)
        if offsets:
            to_reset = to_reset + offsets[1]
        z = self.recurrent_activation(sum_z + product_z)
        r = self.recurrent_activation(sum_r + product_r)
        candidate = self.activation(sum_candidate + r * to_reset)
        return (z * output + (1 - z) * candidate,), (z, r, candidate)

    def _standardised_parts(self, x: Tensor) -> Tensor:
        """The columns of z and r together, and those of the candidate."""
        gates = 2 * (x.shape[-1] // 3)
        parts = (x[..., :gates], x[..., gates:])
        return ops.concatenate([standardised(p, self.epsilon) for p in parts], axis=-1)


def standardised(x: Tensor, epsilon: float) -> Tensor:
    """`x` with the mean 0 and the variance 1 over its last axis.

    Half precision has too few digits and too small a range for the statistics.
    """
    dtype = keras.backend.standardize_dtype(x.dtype)
    half = dtype in ("float16", "bfloat16")
    wide = ops.cast(x, "float32") if half else x
    centred = wide - _mean(wide)
    variance = _mean(centred * centred)
    return ops.cast(centred * ops.rsqrt(variance + epsilon), dtype)


def _mean(x: Tensor) -> Tensor:
    # `ops.mean` of doubles is in single precision on JAX and PyTorch.
    return ops.sum(x, axis=-1, keepdims=True) / x.shape[-1]
