"""The LSTM with parts taken out or added, and the variants that have a name."""

from collections.abc import Sequence
from typing import Any

import keras

from keras_gated._types import (
    ActivationLike,
    ConstraintLike,
    InitializerLike,
    RegularizerLike,
)
from keras_gated.layers._forget_bias import ForgetBias
from keras_gated.layers._keras_arguments import by_owner
from keras_gated.layers.lstm_variant_cell import LSTMVariantCell
from keras_gated.layers.recurrent_layer import RecurrentLayer
from keras_gated.recurrence.equations import DropoutForm

LSTM_VARIANTS: dict[str, dict[str, Any]] = {
    "V": {},
    "NIG": {"use_input_gate": False},
    "NFG": {"use_forget_gate": False},
    "NOG": {"use_output_gate": False},
    "NIAF": {"input_activation": "linear"},
    "NOAF": {"output_activation": "linear"},
    "CIFG": {"coupled_gates": True},
    "NP": {"use_peepholes": False},
    "FGR": {"full_gate_recurrence": True},
}
"""What `LSTMVariant` takes for the vanilla LSTM and the eight variants of Greff et al.
2015, by their abbreviations there, as in `LSTMVariant(36, **LSTM_VARIANTS["CIFG"])`."""


@keras.saving.register_keras_serializable(package="keras_gated")
class LSTMVariant(RecurrentLayer):
    r"""Long short-term memory with peepholes, parts of which are taken out or added.

    With the default settings it is `PeepholeLSTM`, whose weights and outputs it has:

    $$
    \begin{aligned}
    i_t &= \sigma(W_i x_t + U_i h_{t-1} + p_i \odot c_{t-1} + b_i) \\
    f_t &= \sigma(W_f x_t + U_f h_{t-1} + p_f \odot c_{t-1} + b_f) \\
    c_t &= f_t \odot c_{t-1} + i_t \odot g(W_c x_t + U_c h_{t-1} + b_c) \\
    o_t &= \sigma(W_o x_t + U_o h_{t-1} + p_o \odot c_t + b_o) \\
    h_t &= o_t \odot k(c_t)
    \end{aligned}
    $$

    `LSTM_VARIANTS` has the settings of Greff et al. by name. Each changes one thing;
    any that do not contradict each other go together. For $n$ units and inputs of size
    $d$ there are as many columns of $d + n + 1$ weights, rows of $n$ peepholes and
    further weights as this table says:

    | name | setting | equation | columns | rows | further |
    |---|---|---|---|---|---|
    | V | | $g = k = \tanh$ | $4n$ | 3 | |
    | NIG | `use_input_gate=False` | $i_t = 1$ | $3n$ | 2 | |
    | NFG | `use_forget_gate=False` | $f_t = 1$ | $3n$ | 2 | |
    | NOG | `use_output_gate=False` | $o_t = 1$ | $3n$ | 2 | |
    | NIAF | `input_activation="linear"` | $g(a) = a$ | $4n$ | 3 | |
    | NOAF | `output_activation="linear"` | $k(a) = a$ | $4n$ | 3 | |
    | CIFG | `coupled_gates=True` | $f_t = 1 - i_t$ | $3n$ | 2 | |
    | NP | `use_peepholes=False` | $p_i = p_f = p_o = 0$ | $4n$ | 0 | |
    | FGR | `full_gate_recurrence=True` | see below | $4n$ | 3 | $(3n)^2$ |

    With $m n$ columns and $r$ rows that makes $m n (d + n + 1) + r n$ parameters, and
    for FGR $(r n)^2$ more. Only gates that exist have weights: `kernel` (features, m
    units), `recurrent_kernel` (units, m units) and `bias` (m units,) have the columns
    i, f, c, o of those that are there, `peephole_kernel` (r, units) the rows i, f, o.

    With `full_gate_recurrence` each gate also sees all gates of the step before: the
    sum in $i_t$ has $R_{ii} i_{t-1} + R_{fi} f_{t-1} + R_{oi} o_{t-1}$ more, those in
    $f_t$ and $o_t$ likewise. The $R$ are the blocks of one more weight,
    `gate_recurrent_kernel` (r units, r units), with rows for the gates before and
    columns for those after, in the order i, f, o. It has the initializer, regularizer
    and constraint of `recurrent_kernel`, but no recurrent dropout. The gates are
    further states, which start at zero and which a masked step holds. In print this
    variant's output gate sees $p_o \odot c_{t-1}$. Ours sees $p_o \odot c_t$ as in all
    other variants, so that the recurrence is all that differs from V.

    NIG, NFG, NOG, NIAF, NOAF, CIFG and FGR have loops in C++, with peepholes or
    without. Several of these settings at a time take the loop whose derivative is
    written by hand; `layer.recurrence` says which loop it is, and why.

    Args:
        units: Number of units.
        use_input_gate: Whether there is an input gate; it is 1 without.
        use_forget_gate: Whether there is a forget gate; it is 1 without.
        use_output_gate: Whether there is an output gate; it is 1 without.
        input_activation: Activation $g$ of the candidate.
        output_activation: Activation $k$ of the cell state on its way out.
        coupled_gates: Whether the forget gate is one minus the input gate.
        use_peepholes: Whether the gates see the cell state.
        full_gate_recurrence: Whether the gates see the gates of the step before.
        recurrent_activation: Activation of the gates.
        unit_forget_bias: Where the bias of the forget gate starts, as in
            `PeepholeLSTM`. A layer whose forget gate is missing (NFG) or tied (CIFG)
            has no such bias, and it has no effect.
        checkpoint_steps: As in all recurrent layers, but for the activations tanh,
            linear and sigmoid.
        **kwargs: All other arguments of `PeepholeLSTM` but `activation`, whose place
            the two above take.

    Call arguments:
        - `sequences`: `(batch, time, features)`, at least one time step.
        - `initial_state`: The output and the cell state to start from and, with
              `full_gate_recurrence`, the gates in the order i, f, o, each
              `(batch, units)`. Zeros by default.
        - `mask`: Booleans `(batch, time)`; where `False` the step is skipped.
        - `training`: Whether dropout is on.

    Call returns:
        `(batch, units)`, or `(batch, time, units)` with `return_sequences`. With
        `return_state` followed by the final states, as many as in `initial_state`, each
        `(batch, units)`. Everything in the compute dtype of the layer.

    Raises:
        ValueError: If settings contradict each other: `coupled_gates` without an input
            or a forget gate, `full_gate_recurrence` without any gate. Otherwise as in
            `PeepholeLSTM`.

    Examples:
        >>> import keras
        >>> from keras_gated.layers import LSTM_VARIANTS, LSTMVariant
        >>> layer = LSTMVariant(36, **LSTM_VARIANTS["CIFG"])
        >>> layer.build((None, None, 88))
        >>> layer.count_params() == 3 * 36 * (88 + 36 + 1) + 2 * 36
        True
        >>> list(layer.gates(keras.ops.ones((2, 5, 88))))
        ['input_gate', 'candidate', 'output_gate', 'output', 'carry']

    Reference:
        Greff et al. 2015, "LSTM: A Search Space Odyssey" (arXiv:1503.04069), for the
        vanilla LSTM and its eight variants.
    """

    def __init__(
        self,
        units: int,
        use_input_gate: bool = True,
        use_forget_gate: bool = True,
        use_output_gate: bool = True,
        input_activation: ActivationLike = "tanh",
        output_activation: ActivationLike = "tanh",
        coupled_gates: bool = False,
        use_peepholes: bool = True,
        full_gate_recurrence: bool = False,
        recurrent_activation: ActivationLike = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: InitializerLike = "glorot_uniform",
        recurrent_initializer: InitializerLike = "orthogonal",
        bias_initializer: InitializerLike = "zeros",
        peephole_initializer: InitializerLike = "zeros",
        unit_forget_bias: ForgetBias = True,
        kernel_regularizer: RegularizerLike = None,
        recurrent_regularizer: RegularizerLike = None,
        bias_regularizer: RegularizerLike = None,
        peephole_regularizer: RegularizerLike = None,
        activity_regularizer: RegularizerLike = None,
        kernel_constraint: ConstraintLike = None,
        recurrent_constraint: ConstraintLike = None,
        bias_constraint: ConstraintLike = None,
        peephole_constraint: ConstraintLike = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        checkpoint_steps: int | None = None,
        recurrent_dropout_form: DropoutForm = "gal",
        zoneout: float | Sequence[float] = 0.0,
        **kwargs: Any,
    ) -> None:
        cell, layer = by_owner(locals())
        super().__init__(LSTMVariantCell(**cell, name="lstm_variant_cell"), **layer)
