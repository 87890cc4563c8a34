"""The recurrent units: one step, its derivative by hand, the weight gradients.

A unit is equations only; weights and states are handed to it. All of it is written in
`keras.ops`, works on one step `(batch, units)` and, where said, on all steps at once,
`(time, batch, units)`. The contract, for `states` whose first one is the output:

- `forward(projected, before, weights, dropout_mask)` gives the states after a step and
  what its derivative needs besides them, the activations. `gates` and `states` name
  them, for whoever wants to see them.

That is all of a `Unit`, and the backend differentiates it. A `HandWrittenUnit` has two
more:

- `backward(saved, before, output, gradients, weights, dropout_mask)` maps the gradients
  of the states after a step to those of `projected` and of the states before it;
- `weight_gradients(gradient, saved, before, weights, dropout_mask)` gives the gradients
  of `weights` from those of `projected` and the states before, of all steps at once.

Both hold for the activations that `known_activations` names, tanh and sigmoid if the
unit does not say otherwise.
"""

from keras_gated.recurrence.units.full_gate_recurrence import FullGateRecurrence
from keras_gated.recurrence.units.gru import GRUResetAfter, GRUResetBefore
from keras_gated.recurrence.units.lstm import LSTM
from keras_gated.recurrence.units.lstm_variant import LSTMVariant
from keras_gated.recurrence.units.simple_rnn import SimpleRNN
from keras_gated.recurrence.units.unit import HandWrittenUnit, Unit

__all__ = [
    "LSTM",
    "FullGateRecurrence",
    "GRUResetAfter",
    "GRUResetBefore",
    "HandWrittenUnit",
    "LSTMVariant",
    "SimpleRNN",
    "Unit",
]
