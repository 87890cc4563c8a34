"""The gated recurrent unit."""

from typing import Any

import keras
from keras import ops

from keras_gated._types import (
    ActivationLike,
    ConstraintLike,
    InitializerLike,
    RegularizerLike,
    Tensor,
)
from keras_gated.layers._keras_arguments import UseCudnn, by_owner
from keras_gated.layers.recurrent_cell import RecurrentCell, tensors
from keras_gated.layers.recurrent_layer import RecurrentLayer
from keras_gated.recurrence import equations, exact


@keras.saving.register_keras_serializable(package="keras_gated")
class GRUCell(RecurrentCell, keras.layers.GRUCell):
    r"""One step of `GRU`, for `keras.layers.RNN` and `StackedRNNCells`.

    Args:
        units: Number of units.
        *args: Further ones of `keras.layers.GRUCell`, in its order.
        reset_after: Whether the reset gate acts after the matrix product.
        **kwargs: `zoneout` and `recurrent_dropout_form`, as in `GRU`, and all other
            arguments of `keras.layers.GRUCell`.

    Call arguments:
        - `inputs`: `(batch, features)`.
        - `states`: The output of the step before, `(batch, units)`, alone or in a list.
        - `training`: Whether dropout and zoneout are drawn.

    Raises:
        ValueError: If `units` is not positive.

    Examples:
        >>> import keras
        >>> from keras_gated.layers import GRUCell
        >>> layer = keras.layers.RNN(GRUCell(4), return_sequences=True)
        >>> tuple(layer(keras.ops.ones((2, 5, 3))).shape)
        (2, 5, 4)

    Reference:
        Chung et al. 2014 (arXiv:1412.3555), section 3.2.
    """

    def __init__(
        self, units: int, *args: Any, reset_after: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(units, *args, reset_after=reset_after, **kwargs)

    @property
    def step_equations(self) -> equations.Equations:
        of = equations.GRUResetAfter if self.reset_after else equations.GRUResetBefore
        return of(exact(self.activation), exact(self.recurrent_activation))

    def projection(self) -> tuple[Tensor, ...]:
        if not (self.reset_after and self.use_bias):
            return super().projection()
        return tensors(self.kernel, ops.convert_to_tensor(self.bias)[0])

    def recurrent_weights(self) -> tuple[Tensor, ...]:
        if self.reset_after:
            bias = ops.convert_to_tensor(self.bias)[1] if self.use_bias else None
            return tensors(self.recurrent_kernel, bias)
        # Sliced here, once, and not in every step.
        recurrent_kernel = ops.convert_to_tensor(self.recurrent_kernel)
        gates = 2 * self.units
        return recurrent_kernel[:, :gates], recurrent_kernel[:, gates:]


@keras.saving.register_keras_serializable(package="keras_gated")
class GRU(RecurrentLayer):
    r"""Gated recurrent unit.

    For an input $x_t$ and the output $h_{t-1}$ before it:

    $$
    \begin{aligned}
    z_t &= \sigma(W_z x_t + U_z h_{t-1} + b_z) \\
    r_t &= \sigma(W_r x_t + U_r h_{t-1} + b_r) \\
    \tilde h_t &= \tanh(W_h x_t + U_h (r_t \odot h_{t-1}) + b_h) \\
    h_t &= z_t \odot h_{t-1} + (1 - z_t) \odot \tilde h_t
    \end{aligned}
    $$

    With `reset_after=True` the reset gate acts on the product:
    $\tilde h_t = \tanh(W_h x_t + b_h + r_t \odot (U_h h_{t-1} + b'_h))$.

    The last line is Keras' convention. Chung et al. write the update gate the other
    way round: their $z_t$ is $1 - z_t$ here, which is the same model with the sign of
    $W_z, U_z, b_z$ turned.

    Weights: `kernel` (features, 3 units), `recurrent_kernel` (units, 3 units) and
    `bias`, (3 units,) or with `reset_after` (2, 3 units), with the columns z, r, h.
    They interchange with those of `keras.layers.GRU` for the same `reset_after`,
    whose default is `True` there and `False`, as in the paper, here.

    The arguments that are not listed here are those of all recurrent layers;
    `RecurrentLayer` describes them.

    Args:
        units: Number of units.
        activation: Activation of the candidate.
        recurrent_activation: Activation of the two gates.
        reset_after: Whether the reset gate acts after the matrix product.
        recurrent_dropout_form: Where the mask $d$ of the recurrent dropout acts.
            `"gal"` (Gal and Ghahramani 2016) puts $d \odot h_{t-1}$ for the $h_{t-1}$
            that meets `recurrent_kernel`, with one mask per sequence. `"semeniuta"`
            (Semeniuta et al. 2016) drops of the candidate, with one mask per step:
            $h_t = z_t \odot h_{t-1} + (1 - z_t) \odot d_t \odot \tilde h_t$.
        **kwargs: `name`, `dtype` and `trainable`, as in every Keras layer, and
            `implementation`: 0, 1 or 2, without effect.

    Call arguments:
        - `sequences`: `(batch, time, features)`, at least one time step.
        - `initial_state`: The output to start from, `(batch, units)`. Zeros by default.
        - `mask`: Booleans `(batch, time)`; where `False` the step is skipped.
        - `training`: Whether dropout and zoneout are drawn.

    Call returns:
        `(batch, units)`, or `(batch, time, units)` with `return_sequences`. With
        `return_state` followed by the final output `(batch, units)`. Everything in the
        compute dtype of the layer.

    Raises:
        ValueError: If `units` is not positive, `checkpoint_steps` is not a positive
            integer or the activations have no hand-written loop, the unit has no such
            `recurrent_dropout_form`, `zoneout` is not between 0 and 1, or the inputs
            have no time step; with `stateful`, if the batch size is not known on
            building or another one comes later.

    Examples:
        >>> import keras
        >>> from keras_gated.layers import GRU
        >>> ours, theirs = GRU(4), keras.layers.GRU(4, reset_after=False)
        >>> x = keras.random.normal((2, 5, 3), seed=1)
        >>> _ = ours(x), theirs(x)
        >>> theirs.set_weights(ours.get_weights())
        >>> bool(keras.ops.max(keras.ops.abs(ours(x) - theirs(x))) < 1e-6)
        True

    Reference:
        Chung et al. 2014 (arXiv:1412.3555), section 3.2; Cho et al. 2014
        (arXiv:1406.1078), section 2.3.
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
        reset_after: bool = False,
        use_cudnn: UseCudnn = "auto",
        zero_output_for_mask: bool = False,
        checkpoint_steps: int | None = None,
        recurrent_dropout_form: equations.DropoutForm = "gal",
        zoneout: float = 0.0,
        **kwargs: Any,
    ) -> None:
        cell, layer = by_owner(locals())
        super().__init__(GRUCell(**cell, name="gru_cell"), **layer)
