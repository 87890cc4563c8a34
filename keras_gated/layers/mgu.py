"""The minimal gated unit."""

import keras

from keras_gated.layers._gated import GatedCell, GatedLayer
from keras_gated.recurrence import equations


@keras.saving.register_keras_serializable(package="keras_gated")
class MGUCell(GatedCell):
    r"""One step of `MGU`, for `keras.layers.RNN` and `StackedRNNCells`.

    Args:
        units: Number of units.
        **kwargs: All other arguments of `keras.layers.GRUCell` but `reset_after`.

    Call arguments:
        - `inputs`: `(batch, features)`.
        - `states`: The output of the step before, `(batch, units)`, alone or in a list.
        - `training`: Whether dropout is on.

    Raises:
        ValueError: If `units` is not positive.

    Examples:
        >>> import keras
        >>> from keras_gated.layers import MGUCell
        >>> layer = keras.layers.RNN(MGUCell(4), return_sequences=True)
        >>> tuple(layer(keras.ops.ones((2, 5, 3))).shape)
        (2, 5, 4)

    Reference:
        Zhou et al. 2016 (arXiv:1603.09420), for the minimal gated unit.
    """

    equations_class = equations.MGU
    kernel_blocks = recurrent_blocks = bias_blocks = 2


@keras.saving.register_keras_serializable(package="keras_gated")
class MGU(GatedLayer):
    r"""Minimal gated unit: a GRU whose reset and update gate are one.

    For an input $x_t$ and the output $h_{t-1}$ before it:

    $$
    \begin{aligned}
    f_t &= \sigma(W_f x_t + U_f h_{t-1} + b_f) \\
    \tilde h_t &= \tanh(W_h x_t + U_h (f_t \odot h_{t-1}) + b_h) \\
    h_t &= (1 - f_t) \odot h_{t-1} + f_t \odot \tilde h_t
    \end{aligned}
    $$

    The equations are the paper's: an open gate takes the candidate. Where Keras' GRU
    has $z$ this unit has $1 - f$.

    Weights: `kernel` (features, 2 units), `recurrent_kernel` (units, 2 units) and
    `bias` (2 units,), with the columns f, h. The loop is the hand-written one.

    Args:
        units: Number of units.
        **kwargs: All other arguments of `GRU` but `reset_after`.

    Call arguments:
        - `sequences`: `(batch, time, features)`, at least one time step.
        - `initial_state`: The output to start from, `(batch, units)`. Zeros by default.
        - `mask`: Booleans `(batch, time)`; where `False` the step is skipped.
        - `training`: Whether dropout is on.

    Call returns:
        What `GRU` returns.

    Raises:
        ValueError: As `GRU`.

    Examples:
        >>> import keras
        >>> from keras_gated.layers import MGU
        >>> model = keras.Sequential([keras.Input((None, 3)), MGU(4)])
        >>> model.count_params()
        64

    Reference:
        Zhou et al. 2016 (arXiv:1603.09420), for the minimal gated unit.
    """

    cell_class = MGUCell
