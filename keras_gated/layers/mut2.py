"""The second mutation of the GRU that Jozefowicz et al. found by search."""

import keras

from keras_gated.layers._bare_input import BareInputCell
from keras_gated.layers._gated import GatedLayer
from keras_gated.recurrence import equations


@keras.saving.register_keras_serializable(package="keras_gated")
class MUT2Cell(BareInputCell):
    """One step of `MUT2`, for `keras.layers.RNN` and `StackedRNNCells`.

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
        >>> from keras_gated.layers import MUT2Cell
        >>> layer = keras.layers.RNN(MUT2Cell(4), return_sequences=True)
        >>> tuple(layer(keras.ops.ones((2, 5, 3))).shape)
        (2, 5, 4)

    Reference:
        Jozefowicz et al. 2015, "An empirical exploration of recurrent network
        architectures", for MUT2.
    """

    equations_class = equations.MUT2
    kernel_blocks = recurrent_blocks = bias_blocks = 3
    bare_block = 1


@keras.saving.register_keras_serializable(package="keras_gated")
class MUT2(GatedLayer):
    r"""The second of the GRU's mutations: the reset gate sees the inputs as they are.

    For an input $x_t$ and the output $h_{t-1}$ before it:

    $$
    \begin{aligned}
    z_t &= \sigma(W_z x_t + U_z h_{t-1} + b_z) \\
    r_t &= \sigma(x_t + U_r h_{t-1} + b_r) \\
    \tilde h_t &= \tanh(U_h (r_t \odot h_{t-1}) + W_h x_t + b_h) \\
    h_t &= z_t \odot \tilde h_t + (1 - z_t) \odot h_{t-1}
    \end{aligned}
    $$

    The equations are the paper's; in Keras' GRU $z$ is the share of $h_{t-1}$. They
    need as many features as units. Where the inputs have another number of features,
    the reset gate sees $W_x x_t$.

    Weights: `kernel` (features, 2 units) with the columns z, h, or (features, 3 units)
    with z, x, h where the inputs are projected; `recurrent_kernel` (units, 3 units) and
    `bias` (3 units,), both with z, r, h.

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
        >>> from keras_gated.layers import MUT2
        >>> model = keras.Sequential([keras.Input((None, 4)), MUT2(4)])
        >>> model.count_params()
        92

    Reference:
        Jozefowicz et al. 2015, "An empirical exploration of recurrent network
        architectures", for MUT2.
    """

    cell_class = MUT2Cell
