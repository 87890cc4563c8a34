"""The hand-written loops on PyTorch, which pays for every operation one by one.

So there are as few as can be in a step: the forward loops work in place, on buffers
for all steps that are sliced once. The backward loops are handed the local Jacobians,
formed for many steps at once, and are left with products and sums.
"""

from typing import Any

from keras_gated.recurrence._torch_loops.gru_reset_after import GRUResetAfterLoop
from keras_gated.recurrence._torch_loops.gru_reset_before import GRUResetBeforeLoop
from keras_gated.recurrence._torch_loops.lstm import LSTMLoop
from keras_gated.recurrence._torch_loops.lstm_variant import LSTMVariantLoop
from keras_gated.recurrence._torch_loops.simple_rnn import SimpleRNNLoop
from keras_gated.recurrence.units import (
    LSTM,
    GRUResetAfter,
    GRUResetBefore,
    HandWrittenUnit,
    LSTMVariant,
    SimpleRNN,
)

LOOPS = {
    LSTM: LSTMLoop(),
    GRUResetBefore: GRUResetBeforeLoop(),
    GRUResetAfter: GRUResetAfterLoop(),
    SimpleRNN: SimpleRNNLoop(),
}
"""The loop of each unit that has no settings."""


def torch_loop_of(unit: HandWrittenUnit) -> Any:
    """The loop of a unit, or `None` where there is none."""
    if type(unit) is LSTMVariant:
        return LSTMVariantLoop(unit)
    return LOOPS.get(type(unit))


__all__ = ["LSTMVariantLoop", "torch_loop_of"]
