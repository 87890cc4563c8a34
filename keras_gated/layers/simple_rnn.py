"""The tanh unit."""

from typing import Any

import keras

from keras_gated._types import (
    ActivationLike,
    ConstraintLike,
    InitializerLike,
    RegularizerLike,
)
from keras_gated.layers._keras_arguments import by_owner
from keras_gated.layers.recurrent_cell import RecurrentCell
from keras_gated.layers.recurrent_layer import RecurrentLayer
from keras_gated.recurrence import equations, exact


@keras.saving.register_keras_serializable(package="keras_gated")
class SimpleRNNCell(RecurrentCell, keras.layers.SimpleRNNCell):
    r"""One step of `SimpleRNN`, for `keras.layers.RNN` and `StackedRNNCells`.

    Takes the arguments of `keras.layers.SimpleRNNCell`, and raises its errors; and
    `zoneout`, as in `SimpleRNN`.

    Call arguments:
        - `inputs`: `(batch, features)`.
        - `states`: The output of the step before, `(batch, units)`, alone or in a list.
        - `training`: Whether dropout and zoneout are drawn.

    Examples:
        >>> import keras
        >>> from keras_gated.layers import SimpleRNNCell
        >>> layer = keras.layers.RNN(SimpleRNNCell(4), return_sequences=True)
        >>> tuple(layer(keras.ops.ones((2, 5, 3))).shape)
        (2, 5, 4)

    Reference:
        Chung et al. 2014 (arXiv:1412.3555), section 2, equation 2.
    """

    @property
    def step_equations(self) -> equations.SimpleRNN:
        return equations.SimpleRNN(exact(self.activation))


@keras.saving.register_keras_serializable(package="keras_gated")
class SimpleRNN(RecurrentLayer):
    r"""The recurrent network of tanh units without gates.

    For an input $x_t$ and the output $h_{t-1}$ before it:

    $$h_t = \tanh(W x_t + U h_{t-1} + b)$$

    Weights: `kernel` (features, units), `recurrent_kernel` (units, units) and `bias`
    (units,). They interchange with those of `keras.layers.SimpleRNN`.

    The arguments that are not listed here are those of all recurrent layers;
    `RecurrentLayer` describes them.

    Args:
        units: Number of units.
        activation: Activation of the units.
        recurrent_dropout_form: Only `"gal"`, the dropout of Gal and Ghahramani 2016:
            one mask per sequence for the $h_{t-1}$ that meets `recurrent_kernel`.
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
        >>> from keras_gated.layers import SimpleRNN
        >>> model = keras.Sequential([keras.Input((None, 3)), SimpleRNN(4)])
        >>> model.count_params()
        32

    Reference:
        Chung et al. 2014 (arXiv:1412.3555), section 2, equation 2.
    """

    def __init__(
        self,
        units: int,
        activation: ActivationLike = "tanh",
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
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        seed: int | None = None,
        zero_output_for_mask: bool = False,
        checkpoint_steps: int | None = None,
        recurrent_dropout_form: equations.DropoutForm = "gal",
        zoneout: float = 0.0,
        **kwargs: Any,
    ) -> None:
        cell, layer = by_owner(locals())
        super().__init__(SimpleRNNCell(**cell, name="simple_rnn_cell"), **layer)
