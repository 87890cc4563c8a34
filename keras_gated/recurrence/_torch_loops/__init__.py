"""The hand-written loops on PyTorch, which pays for every operation one by one.

So there are as few as can be in a step: the forward loops work in place, on buffers
for all steps that are sliced once. The backward loops are handed the local Jacobians,
formed for many steps at once, and are left with products and sums.
"""

from typing import Any

from keras_gated._types import Tensors
from keras_gated.recurrence._hand_written import HandWrittenLoop
from keras_gated.recurrence._torch_loops.gru_reset_after import GRUResetAfterLoop
from keras_gated.recurrence._torch_loops.gru_reset_before import GRUResetBeforeLoop
from keras_gated.recurrence._torch_loops.lstm import LSTMLoop
from keras_gated.recurrence._torch_loops.lstm_variant import LSTMVariantLoop
from keras_gated.recurrence._torch_loops.simple_rnn import SimpleRNNLoop
from keras_gated.recurrence.equations import (
    LSTM,
    Equations,
    GRUResetAfter,
    GRUResetBefore,
    LSTMVariant,
    SimpleRNN,
    Zoneout,
)
from keras_gated.recurrence.operands import Operands

LOOPS = {
    LSTM: LSTMLoop(),
    GRUResetBefore: GRUResetBeforeLoop(),
    GRUResetAfter: GRUResetAfterLoop(),
    SimpleRNN: SimpleRNNLoop(),
}
"""The loop of all equations that have no settings."""


class InPlaceLoop(HandWrittenLoop):
    """Works in place, on time before batch, with the loop of the equations' own.

    These know the dropout of the recurrent input alone, and no zoneout.
    """

    @classmethod
    def refusal(cls, equations: Equations, dtype: str) -> str | None:
        lacking = type(equations).__name__
        if isinstance(equations, Zoneout):
            lacking = "zoneout"
        elif equations.dropout_form != "gal":
            lacking = f"recurrent_dropout_form={equations.dropout_form!r}"
        elif type(equations) is LSTMVariant or type(equations) in LOOPS:
            return super().refusal(equations, dtype)
        return f"PyTorch's loops in place lack {lacking}"

    def forward(self, operands: Operands, save: bool) -> tuple[Tensors, Any]:
        (outputs, *finals), residuals = self._own.forward(operands.by_step(), save)
        return (outputs.swapaxes(0, 1), *finals), residuals

    def backward(self, residuals: Any, gradients: Tensors, to_inputs: bool) -> Any:
        d_outputs, *d_finals = gradients
        turned = (d_outputs.swapaxes(0, 1), *d_finals)
        d_inputs, *others = self._own.backward(residuals, turned, to_inputs)
        return None if d_inputs is None else d_inputs.swapaxes(0, 1), *others

    @property
    def _own(self) -> Any:
        if type(self.equations) is LSTMVariant:
            return LSTMVariantLoop(self.equations)
        return LOOPS[type(self.equations)]


__all__ = ["InPlaceLoop"]
