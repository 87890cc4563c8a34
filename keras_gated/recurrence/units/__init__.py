"""The recurrent units: one step, its derivative by hand, the weight gradients.

A unit is equations only; weights and states are handed to it. All of it is written in
`keras.ops`, works on one step `(batch, units)` and, where said, on all steps at once,
`(time, batch, units)`. The contract, for `states` whose first one is the output:

- `forward(projected, before, weights, dropout_mask)` gives the states after a step and
  what its derivative needs besides them, the activations. `gates` and `states` name
  them, for whoever wants to see them. Where the mask acts is for the unit to say:
  `dropout_forms` are the places it knows, `dropout_form` the one it has.

That is all of a `Unit`, and the backend differentiates it. A `HandWrittenUnit` has two
more:

- `backward(saved, before, output, gradients, weights, dropout_mask)` maps the gradients
  of the states after a step to those of `projected` and of the states before it;
- `weight_gradients(gradient, saved, before, weights, dropout_mask)` gives the gradients
  of `weights` from those of `projected` and the states before, of all steps at once.

Both hold for the activations that `known_activations` names, tanh and sigmoid if the
unit does not say otherwise.

`Zoneout` is a unit around any other, which holds some of its states in a step. While it
draws, it takes `Noise` for the dropout mask, and hands the mask in it on.
"""

from keras_gated.recurrence.units.full_gate_recurrence import FullGateRecurrence
from keras_gated.recurrence.units.gru import GRUResetAfter, GRUResetBefore
from keras_gated.recurrence.units.janet import JANET
from keras_gated.recurrence.units.layer_norm import LayerNormGRU, LayerNormLSTM
from keras_gated.recurrence.units.lstm import LSTM
from keras_gated.recurrence.units.lstm_variant import LSTMVariant
from keras_gated.recurrence.units.mgu import MGU
from keras_gated.recurrence.units.mut import MUT1, MUT2, MUT3
from keras_gated.recurrence.units.simple_rnn import SimpleRNN
from keras_gated.recurrence.units.unit import (
    DropoutForm,
    HandWrittenUnit,
    Unit,
    drop,
    product_gradient,
    sum_gradient,
)
from keras_gated.recurrence.units.zoneout import Noise, Zoneout

__all__ = [
    "JANET",
    "LSTM",
    "MGU",
    "MUT1",
    "MUT2",
    "MUT3",
    "DropoutForm",
    "FullGateRecurrence",
    "GRUResetAfter",
    "GRUResetBefore",
    "HandWrittenUnit",
    "LSTMVariant",
    "LayerNormGRU",
    "LayerNormLSTM",
    "Noise",
    "SimpleRNN",
    "Unit",
    "Zoneout",
    "drop",
    "product_gradient",
    "sum_gradient",
]
