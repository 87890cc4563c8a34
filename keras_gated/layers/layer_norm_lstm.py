"""The LSTM with layer normalisation."""

from typing import Any

import keras

from keras_gated._types import InitializerLike, Shape, Tensor
from keras_gated.layers._forget_bias import ForgetBias, ForgetBiasCell
from keras_gated.layers._gated import GatedLayer
from keras_gated.layers._layer_norm import LayerNormCell
from keras_gated.layers.recurrent_cell import tensors
from keras_gated.recurrence import equations, exact


@keras.saving.register_keras_serializable(package="keras_gated")
class LayerNormLSTMCell(LayerNormCell, ForgetBiasCell):
    r"""One step of `LayerNormLSTM`, for `keras.layers.RNN` and `StackedRNNCells`.

    Args:
        units: Number of units.
        epsilon: What is added to the variances.
        gain_initializer: Initializer of the gains.
        offset_initializer: Initializer of `carry_offset`.
        **kwargs: `unit_forget_bias`, as in `PeepholeLSTM`, and all other arguments of
            `keras.layers.LSTMCell`.

    Call arguments:
        - `inputs`: `(batch, features)`.
        - `states`: The output and the cell state of the step before, each
              `(batch, units)`.
        - `training`: Whether dropout is on.

    Raises:
        ValueError: If `units` or `epsilon` is not positive, or `unit_forget_bias` is
            neither a finite number nor an initializer.

    Examples:
        >>> import keras
        >>> from keras_gated.layers import LayerNormLSTMCell
        >>> layer = keras.layers.RNN([LayerNormLSTMCell(8), LayerNormLSTMCell(4)])
        >>> tuple(layer(keras.ops.ones((2, 5, 3))).shape)
        (2, 4)

    Reference:
        Ba et al. 2016 (arXiv:1607.06450), supplementary material, equations 20 to 22.
    """

    def build(self, input_shape: Shape) -> None:
        super().build(input_shape)
        self.carry_gain = self._add_gain("carry_gain", self.units)
        self.carry_offset = self._add_offset("carry_offset")

    @property
    def step_equations(self) -> equations.LayerNormLSTM:
        return equations.LayerNormLSTM(
            exact(self.activation),
            exact(self.recurrent_activation),
            epsilon=self.epsilon,
        )

    def recurrent_weights(self) -> tuple[Tensor, ...]:
        return tensors(
            self.recurrent_kernel,
            self.input_gain,
            self.recurrent_gain,
            self.carry_gain,
            self.bias,
            self.carry_offset,
        )


@keras.saving.register_keras_serializable(package="keras_gated")
class LayerNormLSTM(GatedLayer):
    r"""Long short-term memory with layer normalisation.

    With $N(a)$ for $a$ shifted and scaled to the mean 0 and the variance 1 over its
    entries, for an input $x_t$, the output $h_{t-1}$ and the cell state $c_{t-1}$:

    $$
    \begin{aligned}
    a_t &= g_x \odot N(W x_t) + g_h \odot N(U h_{t-1}) + b \\
    i_t &= \sigma(a_{t,i}), \quad f_t = \sigma(a_{t,f}), \quad o_t = \sigma(a_{t,o}) \\
    c_t &= f_t \odot c_{t-1} + i_t \odot \tanh(a_{t,c}) \\
    h_t &= o_t \odot \tanh(g_c \odot N(c_t) + b_c)
    \end{aligned}
    $$

    The statistics of the sums are over all 4 units together, as in the paper, which
    gives each of the two normalisations an offset besides $b$: their sum is $b$ here.
    There are no peepholes. The cell state that is carried on is not normalised. The
    statistics are in float32 where the layer computes in half precision.

    Weights, in this order: `kernel` (features, 4 units), `recurrent_kernel`
    (units, 4 units), `bias`, `input_gain` and `recurrent_gain`, each (4 units,), all
    with the columns i, f, c, o; `carry_gain` and `carry_offset`, each (units,). The
    backend differentiates the loop.

    Args:
        units: Number of units.
        unit_forget_bias: Where the bias of the forget gate starts, as in
            `PeepholeLSTM`.
        epsilon: What is added to the variances.
        gain_initializer: Initializer of the three gains.
        offset_initializer: Initializer of `carry_offset`.
        **kwargs: All other arguments of `GRU` but `reset_after`, by name or in its
            order; `checkpoint_steps` is refused. `use_bias` says whether there are
            `bias` and `carry_offset`.

    Call arguments:
        - `sequences`: `(batch, time, features)`, at least one time step.
        - `initial_state`: The output and the cell state to start from, each
              `(batch, units)`. Zeros by default.
        - `mask`: Booleans `(batch, time)`; where `False` the step is skipped.
        - `training`: Whether dropout is on.

    Call returns:
        What `PeepholeLSTM` returns.

    Raises:
        ValueError: As `GRU`, or if `epsilon` is not positive or `unit_forget_bias` is
            neither a finite number nor an initializer.

    Examples:
        >>> import keras
        >>> from keras_gated.layers import LayerNormLSTM
        >>> layer = LayerNormLSTM(4, return_sequences=True)
        >>> x = keras.random.normal((2, 6, 3), seed=1)
        >>> y = layer(x)
        >>> [variable.name for variable in layer.weights[3:]]
        ['input_gain', 'recurrent_gain', 'carry_gain', 'carry_offset']
        >>> bool(keras.ops.max(keras.ops.abs(y - layer(1000 * x))) < 1e-2)
        True

    Reference:
        Ba et al. 2016 (arXiv:1607.06450), supplementary material, equations 20 to 22.
    """

    cell_class = LayerNormLSTMCell

    def __init__(
        self,
        units: int,
        *args: Any,
        unit_forget_bias: ForgetBias = True,
        epsilon: float = 1e-5,
        gain_initializer: InitializerLike = "ones",
        offset_initializer: InitializerLike = "zeros",
        **kwargs: Any,
    ) -> None:
        own = {
            "unit_forget_bias": unit_forget_bias,
            "epsilon": epsilon,
            "gain_initializer": gain_initializer,
            "offset_initializer": offset_initializer,
        }
        super().__init__(units, *args, cell_arguments=own, **kwargs)
