"""The equations of the recurrent units: a step, its derivative by hand.

Weights and states are handed to them. All is written in `keras.ops`, works on one step
`(batch, units)` and, where said, on all steps at once, `(time, batch, units)`. The
contract, for `states` whose first one is the output:

- `forward(projected, before, weights, dropout_mask)` gives the states after a step and
  what its derivative needs besides them, the activations. `gates` and `states` name
  them, for whoever wants to see them. Where the mask acts is for the equations to say:
  `dropout_forms` are the places they know, `dropout_form` the one they have.

That is all of `Equations`, which the backend differentiates. Those of an
`EquationsWithDerivative` have two more:

- `backward(saved, before, output, gradients, weights, dropout_mask)` maps the gradients
  of the states after a step to those of `projected` and of the states before it;
- `weight_gradients(gradient, saved, before, weights, dropout_mask)` gives the gradients
  of `weights` from those of `projected` and the states before, of all steps at once.

Where the weights need more than the gradients of `projected`, `backward` puts it behind
them, and `projected_gradient(gradient)` gives those alone.

Both hold for the activations that `known_activations` names, tanh and sigmoid if it is
not overridden.

`Zoneout` goes around any others and holds some of their states in a step. While it
draws, it takes `Noise` for the dropout mask, and hands the mask in it on. It has a
derivative by hand if the equations inside have one.
"""

from keras_gated.recurrence.equations.base import (
    Activation,
    DropoutForm,
    Equations,
    EquationsWithDerivative,
    drop,
    product_gradient,
    sum_gradient,
)
from keras_gated.recurrence.equations.full_gate_recurrence import FullGateRecurrence
from keras_gated.recurrence.equations.graph import Graph
from keras_gated.recurrence.equations.gru import GRUResetAfter, GRUResetBefore
from keras_gated.recurrence.equations.janet import JANET
from keras_gated.recurrence.equations.layer_norm import LayerNormGRU, LayerNormLSTM
from keras_gated.recurrence.equations.lstm import LSTM
from keras_gated.recurrence.equations.lstm_variant import LSTMVariant
from keras_gated.recurrence.equations.mgu import MGU
from keras_gated.recurrence.equations.mut import MUT1, MUT2, MUT3
from keras_gated.recurrence.equations.simple_rnn import SimpleRNN
from keras_gated.recurrence.equations.zoneout import Noise, Zoneout

__all__ = [
    "JANET",
    "LSTM",
    "MGU",
    "MUT1",
    "MUT2",
    "MUT3",
    "Activation",
    "DropoutForm",
    "Equations",
    "EquationsWithDerivative",
    "FullGateRecurrence",
    "GRUResetAfter",
    "GRUResetBefore",
    "Graph",
    "LSTMVariant",
    "LayerNormGRU",
    "LayerNormLSTM",
    "Noise",
    "SimpleRNN",
    "Zoneout",
    "drop",
    "product_gradient",
    "sum_gradient",
]
