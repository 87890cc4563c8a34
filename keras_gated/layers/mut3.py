"""The third mutation of the GRU that Jozefowicz et al. found by search."""

import keras

from keras_gated.layers._gated import GatedCell, GatedLayer
from keras_gated.recurrence import equations


@keras.saving.register_keras_serializable(package="keras_gated")
class MUT3Cell(GatedCell):
    """One step of `MUT3`, for `keras.layers.RNN` and `StackedRNNCells`.

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
        >>> from keras_gated.layers import MUT3Cell
        >>> layer = keras.layers.RNN(MUT3Cell(4), return_sequences=True)
        >>> tuple(layer(keras.ops.ones((2, 5, 3))).shape)
        (2, 5, 4)

    Reference:
        Jozefowicz et al. 2015, "An empirical exploration of recurrent network
        architectures", for MUT3.
    """

    equations_class = equations.MUT3
    kernel_blocks = recurrent_blocks = bias_blocks = 3


@keras.saving.register_keras_serializable(package="keras_gated")
class MUT3(GatedLayer):
    r"""The third of the GRU's mutations: the update gate sees the tanh of the output.

    For an input $x_t$ and the output $h_{t-1}$ before it:

    $$
    \begin{aligned}
    z_t &= \sigma(W_z x_t + U_z \tanh(h_{t-1}) + b_z) \\
    r_t &= \sigma(W_r x_t + U_r h_{t-1} + b_r) \\
    \tilde h_t &= \tanh(U_h (r_t \odot h_{t-1}) + W_h x_t + b_h) \\
    h_t &= z_t \odot \tilde h_t + (1 - z_t) \odot h_{t-1}
    \end{aligned}
    $$

    The equations are the paper's; in Keras' GRU $z$ is the share of $h_{t-1}$. The
    inner tanh stays whatever `activation` is. `recurrent_dropout` drops entries of
    $\tanh(h_{t-1})$ where it drops those of $h_{t-1}$.

    Weights: `kernel` (features, 3 units), `recurrent_kernel` (units, 3 units) and
    `bias` (3 units,), with the columns z, r, h.

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
        >>> from keras_gated.layers import MUT3
        >>> layer = MUT3(4)
        >>> layer.recurrence.is_hand_written
        True

    Reference:
        Jozefowicz et al. 2015, "An empirical exploration of recurrent network
        architectures", for MUT3.
    """

    cell_class = MUT3Cell
