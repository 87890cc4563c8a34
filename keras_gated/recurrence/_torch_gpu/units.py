"""The loops of the units in Triton."""

from typing import Any

from keras_gated.recurrence._torch_gpu.gru_reset_after import GRUResetAfterLoop
from keras_gated.recurrence._torch_gpu.gru_reset_before import GRUResetBeforeLoop
from keras_gated.recurrence._torch_gpu.lstm import LSTMLoop
from keras_gated.recurrence._torch_gpu.simple_rnn import SimpleRNNLoop
from keras_gated.recurrence.equations import (
    LSTM,
    EquationsWithDerivative,
    GRUResetAfter,
    GRUResetBefore,
    SimpleRNN,
)

LOOPS: dict[type[EquationsWithDerivative], Any] = {
    LSTM: LSTMLoop(),
    GRUResetBefore: GRUResetBeforeLoop(),
    GRUResetAfter: GRUResetAfterLoop(),
    SimpleRNN: SimpleRNNLoop(),
}
