"""The LSTM of which only the forget gate is left."""

from typing import Any

import keras
from keras import ops

from keras_gated._types import InitializerLike, Shape, Tensor
from keras_gated.layers._gated import GatedCell, GatedLayer
from keras_gated.layers.recurrent_cell import tensors
from keras_gated.recurrence import equations, exact


@keras.saving.register_keras_serializable(package="keras_gated")
class JANETCell(GatedCell):
    r"""One step of `JANET`, for `keras.layers.RNN` and `StackedRNNCells`.

    Args:
        units: Number of units.
        beta: $\beta$ in the equations of `JANET`.
        forget_bias_initializer: Initializer of $b_f$, the first half of `bias`.
        **kwargs: All other arguments of `keras.layers.GRUCell` but `reset_after`.

    Call arguments:
        - `inputs`: `(batch, features)`.
        - `states`: The output of the step before, `(batch, units)`, alone or in a list.
        - `training`: Whether dropout is on.

    Raises:
        ValueError: If `units` is not positive.

    Examples:
        >>> import keras
        >>> from keras_gated.layers import JANETCell
        >>> layer = keras.layers.RNN(JANETCell(4), return_sequences=True)
        >>> tuple(layer(keras.ops.ones((2, 5, 3))).shape)
        (2, 5, 4)

    Reference:
        van der Westhuizen and Lasenby 2018 (arXiv:1804.04849), for the JANET.
    """

    equations_class = equations.JANET
    kernel_blocks = recurrent_blocks = bias_blocks = 2

    def __init__(
        self,
        units: int,
        beta: float = 1.0,
        forget_bias_initializer: InitializerLike = "ones",
        **kwargs: Any,
    ) -> None:
        super().__init__(units, **kwargs)
        self.beta = float(beta)
        self.forget_bias_initializer = keras.initializers.get(forget_bias_initializer)

    @property
    def step_equations(self) -> equations.JANET:
        return equations.JANET(
            exact(self.activation),
            exact(self.recurrent_activation),
            beta=self.beta,
        )

    def recurrent_weights(self) -> tuple[Tensor, ...]:
        return tensors(self.recurrent_kernel)

    def initial_bias(self, shape: Shape, dtype: Any = None) -> Tensor:
        half = (self.units,)
        return ops.concatenate(
            [
                self.forget_bias_initializer(half, dtype=dtype),
                self.bias_initializer(half, dtype=dtype),
            ]
        )

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "beta": self.beta,
            "forget_bias_initializer": keras.initializers.serialize(
                self.forget_bias_initializer
            ),
        }


@keras.saving.register_keras_serializable(package="keras_gated")
class JANET(GatedLayer):
    r"""Just another network: an LSTM of which only the forget gate is left.

    For an input $x_t$ and the output $h_{t-1}$ before it:

    $$
    \begin{aligned}
    s_t &= W_f x_t + U_f h_{t-1} + b_f \\
    \tilde c_t &= \tanh(W_c x_t + U_c h_{t-1} + b_c) \\
    h_t &= \sigma(s_t) \odot h_{t-1} + (1 - \sigma(s_t - \beta)) \odot \tilde c_t
    \end{aligned}
    $$

    With $\beta > 0$ more of the candidate enters than the forget gate made room for;
    with $\beta = 0$ the two shares sum to 1.

    Weights: `kernel` (features, 2 units), `recurrent_kernel` (units, 2 units) and
    `bias` (2 units,), with the columns f, c. The loop is the hand-written one.

    Args:
        units: Number of units.
        beta: $\beta$, in the paper 1.
        forget_bias_initializer: Initializer of $b_f$. The paper's is
            `keras_gated.initializers.Chrono`, for which the length of the sequences
            must be known.
        **kwargs: All other arguments of `GRU` but `reset_after`, by name or in its
            order. `bias_initializer` is that of $b_c$.

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
        >>> from keras_gated.initializers import Chrono
        >>> from keras_gated.layers import JANET
        >>> layer = JANET(4, forget_bias_initializer=Chrono(max_steps=784))
        >>> layer.build((None, 784, 1))
        >>> layer.count_params()
        48

    Reference:
        van der Westhuizen and Lasenby 2018 (arXiv:1804.04849), for the JANET.
    """

    cell_class = JANETCell

    def __init__(
        self,
        units: int,
        *args: Any,
        beta: float = 1.0,
        forget_bias_initializer: InitializerLike = "ones",
        **kwargs: Any,
    ) -> None:
        own = {"beta": beta, "forget_bias_initializer": forget_bias_initializer}
        super().__init__(units, *args, cell_arguments=own, **kwargs)
