"""PyTorch's own functions of whole sequences, which call cuDNN on a GPU.

They know no peepholes, no reset gate before the product and no recurrent dropout, and
of a mask only what comes sorted and packed, for which the lengths would have to leave
the GPU.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import RLock
from typing import Any

import torch

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence._torch_gpu.precision import is_exact
from keras_gated.recurrence.equations import (
    LSTM,
    Equations,
    GRUResetAfter,
    SimpleRNN,
)
from keras_gated.recurrence.operands import Operands


def takes(equations: Equations, operands: Operands) -> bool:
    """Whether cuDNN has these equations, for these tensors."""
    peepholes = isinstance(equations, LSTM) and len(operands.weights) > 1
    return (
        operands.inputs.device.type == "cuda"
        and torch.backends.cudnn.is_available()
        and torch.backends.cudnn.enabled
        and type(equations) in (LSTM, GRUResetAfter, SimpleRNN)
        and not peepholes
        and operands.valid is None
        and operands.dropout_mask is None
    )


@dataclass(frozen=True)
class CuDNNLoop:
    """Equations that PyTorch has a function of, which brings its derivative."""

    unit: type[Equations]

    def forward(self, operands: Operands, save: bool) -> tuple[Tensors, Any]:
        with torch.inference_mode(False), torch.set_grad_enabled(save), _precision():
            arguments = tuple(_leaf(x, save) for x in operands.arguments)
            results = self._run(operands.like(arguments, operands.constants), save)
        return results, (operands, arguments, results)

    def backward(self, residuals: Any, gradients: Tensors, to_inputs: bool) -> Any:
        operands, arguments, results = residuals
        with torch.inference_mode(False), _precision():
            found = torch.autograd.grad(
                results,
                arguments if to_inputs else arguments[1:],
                [_leaf(gradient, False) for gradient in gradients],
                retain_graph=True,
            )
        given = operands.like((*(() if to_inputs else (None,)), *found), (None, None))
        return given.inputs, given.states, given.projection, given.weights

    def _run(self, operands: Operands, save: bool) -> Tensors:
        """The outputs and the final states."""
        weights = _flat(*self._weights(operands))
        output, *carry = (state.unsqueeze(0) for state in operands.states)
        settings = (weights, len(weights) > 2, 1, 0.0, save, False, True)
        if self.unit is LSTM:
            results = torch.lstm(operands.inputs, (output, *carry), *settings)
        elif self.unit is SimpleRNN:
            results = torch.rnn_tanh(operands.inputs, output, *settings)
        else:
            results = torch.gru(operands.inputs, output, *settings)
        outputs, *finals = results
        return (outputs, *(final.squeeze(0) for final in finals))

    def _weights(self, operands: Operands) -> tuple[Tensors, Tensors]:
        """The kernels, and the biases if there are any, in PyTorch's order of gates."""
        kernel, *bias = operands.projection
        recurrent_kernel, *recurrent_bias = operands.weights
        if bias and not recurrent_bias:
            recurrent_bias = [torch.zeros_like(bias[0])]
        both = (kernel, recurrent_kernel), (*bias, *recurrent_bias)
        if self.unit is not GRUResetAfter:
            return both
        kernels, biases = (tuple(map(_reset_gate_first, group)) for group in both)
        return kernels, biases


def _reset_gate_first(weights: Tensor) -> Tensor:
    """The columns r, z, h of what has z, r, h."""
    z, r, candidate = weights.chunk(3, -1)
    return torch.cat([r, z, candidate], -1)


def _flat(kernels: Tensors, biases: Tensors) -> list[Tensor]:
    """The weights transposed, side by side in one piece of memory, as cuDNN has them.

    PyTorch would copy them there at every call, and warn.
    """
    turned = (*(kernel.t() for kernel in kernels), *biases)
    memory = torch.cat([weight.reshape(-1) for weight in turned])
    parts = memory.split([weight.numel() for weight in turned])
    return [x.view(like.shape) for x, like in zip(parts, turned, strict=True)]


def _leaf(x: Tensor, differentiated: bool) -> Tensor:
    """The tensor where a derivative begins, outside of inference mode."""
    outside = x.clone() if x.is_inference() else x.detach()
    return outside.requires_grad_(differentiated)


@contextmanager
def _precision() -> Iterator[None]:
    """Has cuDNN round to TF32 only where products of matrices may."""
    exact, cudnn = is_exact(), torch.backends.cudnn
    rnn = getattr(cudnn, "rnn", None)
    if rnn is None:
        with cudnn.flags(
            cudnn.enabled,
            cudnn.benchmark,
            cudnn.benchmark_limit,
            cudnn.deterministic,
            allow_tf32=not exact,
        ):
            yield
        return
    with _lock:
        before, rnn.fp32_precision = rnn.fp32_precision, "ieee" if exact else "tf32"
        try:
            yield
        finally:
            rnn.fp32_precision = before


_lock = RLock()
"""The setting is that of all threads, of which each must put back what it found."""
