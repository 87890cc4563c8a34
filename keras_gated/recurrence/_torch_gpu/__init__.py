"""The loops of PyTorch on a GPU: kernels in Triton, and cuDNN where it has the unit.

They are experimental: the kernels were run by Triton's interpreter and compiled for a
card, but never run on one. `experimental.py` has the switch that asks for them.

A kernel takes all steps of a tile of sequences in one launch, if the recurrent weights
are few enough for one multiprocessor to read them at every step. Else every step is a
launch over tiles of the units, too, and the launches are recorded as a CUDA graph. The
input is projected by one product beforehand, and the gradients of all weights are one
product each afterwards, both PyTorch's own.
"""

import os
from importlib.util import find_spec
from typing import Any, ClassVar

import torch

from keras_gated._types import Tensors
from keras_gated.recurrence._hand_written import (
    KNOWN,
    TRANSFORMATIONS,
    HandWrittenLoop,
)
from keras_gated.recurrence._on_gpus import refusal
from keras_gated.recurrence._torch_gpu import cudnn
from keras_gated.recurrence._torch_gpu.buffers import contiguous
from keras_gated.recurrence.equations import Equations
from keras_gated.recurrence.experimental import SWITCH
from keras_gated.recurrence.loop import LoopName
from keras_gated.recurrence.operands import Operands


class GPULoop(HandWrittenLoop):
    """Takes all steps in kernels that are written for it, forward and backward."""

    name: ClassVar[LoopName] = "gpu"

    @classmethod
    def refusal(cls, equations: Equations, dtype: str) -> str | None:
        return refusal(equations, dtype) or _missing()

    @classmethod
    def reason(cls, refusals: list[str]) -> str:
        return (
            f"{KNOWN}, and {SWITCH}=1 asks for the experimental loops for GPUs. They "
            "are taken for tensors on one: cuDNN's for a plain LSTM, GRU with "
            "reset_after or tanh unit without masks inside a sequence, else kernels in "
            f"Triton.{TRANSFORMATIONS}"
        )

    @classmethod
    def takes(cls, operands: Operands) -> bool:
        inputs = operands.inputs
        here = inputs.device.type == "cuda" or _interpreted()
        exported = torch.compiler.is_exporting()
        return super().takes(operands) and here and not exported and inputs.numel() > 0

    def forward(self, operands: Operands, save: bool) -> tuple[Tensors, Any]:
        loop = self._loop(operands)
        results, residuals = loop.forward(contiguous(operands), save)
        return results, (loop, residuals)

    def backward(self, residuals: Any, gradients: Tensors, to_inputs: bool) -> Any:
        loop, kept = residuals
        return loop.backward(kept, gradients, to_inputs)

    def _loop(self, operands: Operands) -> Any:
        if cudnn.takes(self.equations, operands):
            return cudnn.CuDNNLoop(type(self.equations))
        from keras_gated.recurrence._torch_gpu.units import LOOPS

        return LOOPS[type(self.equations)]


def _interpreted() -> bool:
    """Whether Triton runs kernels in NumPy, on tensors of the CPU."""
    return os.environ.get("TRITON_INTERPRET") == "1"


def _missing() -> str | None:
    """Why the loops cannot be used in this process; None if they can."""
    if not torch.cuda.is_available() and not _interpreted():
        return "PyTorch sees no GPU"
    if find_spec("triton") is None:
        return "the package triton, which the loops for GPUs are written in, is missing"
    return None
