"""The first mutation of the GRU that Jozefowicz et al. found by search."""

from collections.abc import Sequence

import keras
from keras import ops

from keras_gated._types import Tensor
from keras_gated.layers._bare_input import BareInputCell
from keras_gated.layers._gated import GatedLayer
from keras_gated.recurrence import equations


@keras.saving.register_keras_serializable(package="keras_gated")
class MUT1Cell(BareInputCell):
    """One step of `MUT1`, for `keras.layers.RNN` and `StackedRNNCells`.

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
        >>> from keras_gated.layers import MUT1Cell
        >>> layer = keras.layers.RNN(MUT1Cell(4), return_sequences=True)
        >>> tuple(layer(keras.ops.ones((2, 5, 3))).shape)
        (2, 5, 4)

    Reference:
        Jozefowicz et al. 2015, "An empirical exploration of recurrent network
        architectures", for MUT1.
    """

    equations_class = equations.MUT1
    kernel_blocks = bias_blocks = 3
    recurrent_blocks = 2
    bare_block = 2

    def projection(self) -> tuple[Tensor, ...]:
        # The bias of the candidate is not inside the tanh of the inputs.
        kernel, *_ = super().projection()
        if not self.use_bias:
            return (kernel,)
        z, r, candidate = self._biases()
        return kernel, ops.concatenate([z, r, ops.zeros_like(candidate)])

    def recurrent_weights(self) -> tuple[Tensor, ...]:
        kernels = super().recurrent_weights()
        return (*kernels, self._biases()[2]) if self.use_bias else kernels

    def _biases(self) -> Sequence[Tensor]:
        return ops.split(ops.convert_to_tensor(self.bias), 3)


@keras.saving.register_keras_serializable(package="keras_gated")
class MUT1(GatedLayer):
    r"""The first of the GRU's mutations: the update gate sees the inputs only.

    For an input $x_t$ and the output $h_{t-1}$ before it:

    $$
    \begin{aligned}
    z_t &= \sigma(W_z x_t + b_z) \\
    r_t &= \sigma(W_r x_t + U_r h_{t-1} + b_r) \\
    \tilde h_t &= \tanh(U_h (r_t \odot h_{t-1}) + \tanh(x_t) + b_h) \\
    h_t &= z_t \odot \tilde h_t + (1 - z_t) \odot h_{t-1}
    \end{aligned}
    $$

    The equations are the paper's; in Keras' GRU $z$ is the share of $h_{t-1}$. They
    need as many features as units. Where the inputs have another number of features,
    $\tanh(x_t)$ is $\tanh(W_x x_t)$. The inner tanh stays whatever `activation` is.

    Weights: `kernel` (features, 2 units) with the columns z, r, or (features, 3 units)
    with z, r, x where the inputs are projected; `recurrent_kernel` (units, 2 units)
    with the columns r, h; `bias` (3 units,) with z, r, h.

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
        >>> from keras_gated.layers import MUT1
        >>> for features in (3, 4):
        ...     layer = MUT1(4)
        ...     layer.build((None, None, features))
        ...     print([tuple(variable.shape) for variable in layer.weights])
        [(3, 12), (4, 8), (12,)]
        [(4, 8), (4, 8), (12,)]

    Reference:
        Jozefowicz et al. 2015, "An empirical exploration of recurrent network
        architectures", for MUT1.
    """

    cell_class = MUT1Cell
