"""The LSTM with peephole connections."""

from typing import Any

import keras

from keras_gated._types import (
    ActivationLike,
    ConstraintLike,
    InitializerLike,
    RegularizerLike,
)
from keras_gated.layers._forget_bias import ForgetBias
from keras_gated.layers._keras_arguments import UseCudnn, by_owner
from keras_gated.layers._peephole_cell import PeepholeCell
from keras_gated.layers.recurrent_layer import RecurrentLayer
from keras_gated.recurrence import equations, exact


@keras.saving.register_keras_serializable(package="keras_gated")
class PeepholeLSTMCell(PeepholeCell):
    r"""One step of `PeepholeLSTM`, for `keras.layers.RNN` and `StackedRNNCells`.

    Args:
        units: Number of units.
        *args: Further ones of `keras.layers.LSTMCell`, in its order.
        use_peepholes: Whether the gates see the cell state.
        peephole_initializer: Initializer of `peephole_kernel`.
        peephole_regularizer: Regularizer of `peephole_kernel`.
        peephole_constraint: Constraint of `peephole_kernel`.
        **kwargs: `unit_forget_bias`, `zoneout` and `recurrent_dropout_form`, as in
            `PeepholeLSTM`, and all other arguments of `keras.layers.LSTMCell`.

    Call arguments:
        - `inputs`: `(batch, features)`.
        - `states`: The output and the cell state of the step before, each
              `(batch, units)`.
        - `training`: Whether dropout and zoneout are drawn.

    Raises:
        ValueError: If `units` is not positive, or `unit_forget_bias` is neither a
            finite number nor an initializer.

    Examples:
        >>> import keras
        >>> from keras_gated.layers import PeepholeLSTMCell
        >>> layer = keras.layers.RNN([PeepholeLSTMCell(8), PeepholeLSTMCell(4)])
        >>> tuple(layer(keras.ops.ones((2, 5, 3))).shape)
        (2, 4)

    Reference:
        Chung et al. 2014 (arXiv:1412.3555), section 3.1; Graves 2013
        (arXiv:1308.0850), equations 7 to 11.
    """

    @property
    def step_equations(self) -> equations.LSTM:
        return equations.LSTM(exact(self.activation), exact(self.recurrent_activation))


@keras.saving.register_keras_serializable(package="keras_gated")
class PeepholeLSTM(RecurrentLayer):
    r"""Long short-term memory whose gates see the cell state.

    For an input $x_t$, the output $h_{t-1}$ and the cell state $c_{t-1}$ before it:

    $$
    \begin{aligned}
    i_t &= \sigma(W_i x_t + U_i h_{t-1} + p_i \odot c_{t-1} + b_i) \\
    f_t &= \sigma(W_f x_t + U_f h_{t-1} + p_f \odot c_{t-1} + b_f) \\
    c_t &= f_t \odot c_{t-1} + i_t \odot \tanh(W_c x_t + U_c h_{t-1} + b_c) \\
    o_t &= \sigma(W_o x_t + U_o h_{t-1} + p_o \odot c_t + b_o) \\
    h_t &= o_t \odot \tanh(c_t)
    \end{aligned}
    $$

    The input and the forget gate look at the cell state before the step, the output
    gate at the one after it.

    Weights, in this order: `kernel` (features, 4 units), `recurrent_kernel`
    (units, 4 units) and `bias` (4 units,) with the columns i, f, c, o of
    `keras.layers.LSTM`, then `peephole_kernel` (3, units) with the rows i, f, o. With
    `use_peepholes=False` weights and outputs are those of `keras.layers.LSTM`.

    The arguments that are not listed here are those of all recurrent layers;
    `RecurrentLayer` describes them.

    Args:
        units: Number of units.
        activation: Activation of the candidate and of the cell state on its way out.
        recurrent_activation: Activation of the three gates.
        unit_forget_bias: Where the bias of the forget gate starts: `True` for 1,
            `False` for what `bias_initializer` gives, a number, or an initializer. With
            $b$ the untrained layer keeps about $\sigma(b)$ of the cell state from step
            to step. 1 is the LSTM-b of Jozefowicz et al. 2015. With
            `keras_gated.initializers.Chrono`, for long dependencies, the bias of the
            input gate starts at the negatives of these, as in its paper.
        use_peepholes: Whether the gates see the cell state.
        peephole_initializer: Initializer of `peephole_kernel`. With the default the
            layer starts as an LSTM without peepholes.
        peephole_regularizer: Regularizer of `peephole_kernel`.
        peephole_constraint: Constraint of `peephole_kernel`.
        recurrent_dropout_form: Where the mask $d$ of the recurrent dropout acts.
            `"gal"` (Gal and Ghahramani 2016): $U (d \odot h_{t-1})$, one mask per
            sequence for all gates. `"semeniuta"` (Semeniuta et al. 2016):
            $c_t = f_t \odot c_{t-1} + i_t \odot d_t \odot \tilde c_t$ with the
            candidate $\tilde c_t$, one mask per step. `"moon"` (Moon et al. 2015), one
            per sequence: $c_t = d \odot (f_t \odot c_{t-1} + i_t \odot \tilde c_t)$.
        zoneout: One number, or one each for $h$ and $c$. $h_t$ is computed from the new
            $c_t$, held or not.
        **kwargs: `name`, `dtype` and `trainable`, as in every Keras layer, and
            `implementation`: 0, 1 or 2, without effect.

    Call arguments:
        - `sequences`: `(batch, time, features)`, at least one time step.
        - `initial_state`: The output and the cell state to start from, each
              `(batch, units)`. Zeros by default.
        - `mask`: Booleans `(batch, time)`; where `False` the step is skipped.
        - `training`: Whether dropout and zoneout are drawn.

    Call returns:
        `(batch, units)`, or `(batch, time, units)` with `return_sequences`. With
        `return_state` followed by the final output and cell state, each
        `(batch, units)`. Everything in the compute dtype of the layer.

    Raises:
        ValueError: If `units` is not positive, `unit_forget_bias` is neither a finite
            number nor an initializer, `checkpoint_steps` is not a positive integer or
            the activations have no hand-written loop, the unit has no such
            `recurrent_dropout_form`, `zoneout` is not between 0 and 1, or the inputs
            have no time step; with `stateful`, if the batch size is not known on
            building or another one comes later.

    Examples:
        >>> import keras
        >>> from keras_gated.layers import PeepholeLSTM
        >>> x = keras.random.normal((2, 6, 3), seed=1)
        >>> layer = PeepholeLSTM(4, return_sequences=True, return_state=True)
        >>> whole, *_ = layer(x)
        >>> first, *states = layer(x[:, :2])
        >>> rest, *_ = layer(x[:, 2:], initial_state=states)
        >>> parts = keras.ops.concatenate([first, rest], axis=1)
        >>> bool(keras.ops.max(keras.ops.abs(whole - parts)) < 1e-6)
        True

    Reference:
        Chung et al. 2014 (arXiv:1412.3555), section 3.1; Graves 2013
        (arXiv:1308.0850), equations 7 to 11.
    """

    def __init__(
        self,
        units: int,
        activation: ActivationLike = "tanh",
        recurrent_activation: ActivationLike = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: InitializerLike = "glorot_uniform",
        recurrent_initializer: InitializerLike = "orthogonal",
        bias_initializer: InitializerLike = "zeros",
        unit_forget_bias: ForgetBias = True,
        kernel_regularizer: RegularizerLike = None,
        recurrent_regularizer: RegularizerLike = None,
        bias_regularizer: RegularizerLike = None,
        activity_regularizer: RegularizerLike = None,
        kernel_constraint: ConstraintLike = None,
        recurrent_constraint: ConstraintLike = None,
        bias_constraint: ConstraintLike = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        use_cudnn: UseCudnn = "auto",
        use_peepholes: bool = True,
        peephole_initializer: InitializerLike = "zeros",
        peephole_regularizer: RegularizerLike = None,
        peephole_constraint: ConstraintLike = None,
        zero_output_for_mask: bool = False,
        checkpoint_steps: int | None = None,
        recurrent_dropout_form: equations.DropoutForm = "gal",
        zoneout: float | tuple[float, float] = 0.0,
        **kwargs: Any,
    ) -> None:
        cell, layer = by_owner(locals())
        super().__init__(PeepholeLSTMCell(**cell, name="lstm_cell"), **layer)
