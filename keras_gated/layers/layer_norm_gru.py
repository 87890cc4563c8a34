"""The GRU with layer normalisation."""

from typing import Any

import keras

from keras_gated._types import InitializerLike, Shape, Tensor
from keras_gated.layers._gated import GatedCell, GatedLayer
from keras_gated.layers._layer_norm import LayerNormCell
from keras_gated.layers.recurrent_cell import tensors
from keras_gated.recurrence import equations, exact


@keras.saving.register_keras_serializable(package="keras_gated")
class LayerNormGRUCell(LayerNormCell, GatedCell):
    r"""One step of `LayerNormGRU`, for `keras.layers.RNN` and `StackedRNNCells`.

    Args:
        units: Number of units.
        epsilon: What is added to the variances.
        gain_initializer: Initializer of the gains.
        offset_initializer: Initializer of `recurrent_offset`.
        **kwargs: All other arguments of `keras.layers.GRUCell` but `reset_after`.

    Call arguments:
        - `inputs`: `(batch, features)`.
        - `states`: The output of the step before, `(batch, units)`, alone or in a list.
        - `training`: Whether dropout is on.

    Raises:
        ValueError: If `units` or `epsilon` is not positive.

    Examples:
        >>> import keras
        >>> from keras_gated.layers import LayerNormGRUCell
        >>> layer = keras.layers.RNN(LayerNormGRUCell(4), return_sequences=True)
        >>> tuple(layer(keras.ops.ones((2, 5, 3))).shape)
        (2, 5, 4)

    Reference:
        Ba et al. 2016 (arXiv:1607.06450), supplementary material, equations 26 to 28.
    """

    kernel_blocks = recurrent_blocks = bias_blocks = 3

    def build(self, input_shape: Shape) -> None:
        super().build(input_shape)
        self.recurrent_offset = self._add_offset("recurrent_offset")

    @property
    def step_equations(self) -> equations.LayerNormGRU:
        return equations.LayerNormGRU(
            exact(self.activation),
            exact(self.recurrent_activation),
            epsilon=self.epsilon,
        )

    def recurrent_weights(self) -> tuple[Tensor, ...]:
        return tensors(
            self.recurrent_kernel,
            self.input_gain,
            self.recurrent_gain,
            self.bias,
            self.recurrent_offset,
        )


@keras.saving.register_keras_serializable(package="keras_gated")
class LayerNormGRU(GatedLayer):
    r"""Gated recurrent unit with layer normalisation.

    With $N(a)$ for $a$ shifted and scaled to the mean 0 and the variance 1 over its
    entries, for an input $x_t$ and the output $h_{t-1}$ before it:

    $$
    \begin{aligned}
    a_t &= g_x \odot N(W x_t) + g_h \odot N(U h_{t-1}) + b \\
    z_t &= \sigma(a_{t,z}), \quad r_t = \sigma(a_{t,r}) \\
    \tilde h_t &= \tanh(g'_x \odot N(W_h x_t) + b_h
        + r_t \odot (g'_h \odot N(U_h h_{t-1}) + b'_h)) \\
    h_t &= z_t \odot h_{t-1} + (1 - z_t) \odot \tilde h_t
    \end{aligned}
    $$

    The reset gate acts after the product. The statistics are over the 2 units of z and
    r together, and over those of the candidate. As in the paper, but for the last line,
    which is Keras' convention: the paper's $\sigma(z_t)$ is $1 - z_t$ here; and the two
    offsets that the paper adds up in $a_t$ are one, $b$. The statistics are in float32
    where the layer computes in half precision.

    Weights, in this order: `kernel` (features, 3 units), `recurrent_kernel`
    (units, 3 units), `bias`, `input_gain` and `recurrent_gain`, each (3 units,), all
    with the columns z, r, h; `recurrent_offset` (units,), which is $b'_h$. The backend
    differentiates the loop.

    Args:
        units: Number of units.
        epsilon: What is added to the variances.
        gain_initializer: Initializer of the two gains.
        offset_initializer: Initializer of `recurrent_offset`.
        **kwargs: All other arguments of `GRU` but `reset_after`, by name or in its
            order; `checkpoint_steps` is refused. `use_bias` says whether there are
            `bias` and `recurrent_offset`.

    Call arguments:
        - `sequences`: `(batch, time, features)`, at least one time step.
        - `initial_state`: The output to start from, `(batch, units)`. Zeros by default.
        - `mask`: Booleans `(batch, time)`; where `False` the step is skipped.
        - `training`: Whether dropout is on.

    Call returns:
        What `GRU` returns.

    Raises:
        ValueError: As `GRU`, or if `epsilon` is not positive.

    Examples:
        >>> import keras
        >>> from keras_gated.layers import LayerNormGRU
        >>> model = keras.Sequential([keras.Input((None, 3)), LayerNormGRU(4)])
        >>> model.count_params()
        124

    Reference:
        Ba et al. 2016 (arXiv:1607.06450), supplementary material, equations 26 to 28.
    """

    cell_class = LayerNormGRUCell

    def __init__(
        self,
        units: int,
        *args: Any,
        epsilon: float = 1e-5,
        gain_initializer: InitializerLike = "ones",
        offset_initializer: InitializerLike = "zeros",
        **kwargs: Any,
    ) -> None:
        own = {
            "epsilon": epsilon,
            "gain_initializer": gain_initializer,
            "offset_initializer": offset_initializer,
        }
        super().__init__(units, *args, cell_arguments=own, **kwargs)
