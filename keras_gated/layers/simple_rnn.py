"""The tanh unit."""

from typing import Any

import keras

from keras_gated._types import (
    ActivationLike,
    ConstraintLike,
    InitializerLike,
    RegularizerLike,
)
from keras_gated.layers.recurrent_cell import RecurrentCell
from keras_gated.layers.recurrent_layer import RecurrentLayer
from keras_gated.recurrence import exact, units


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
    def unit(self) -> units.SimpleRNN:
        return units.SimpleRNN(exact(self.activation))


@keras.saving.register_keras_serializable(package="keras_gated")
class SimpleRNN(RecurrentLayer):
    r"""The recurrent network of tanh units without gates.

    For an input $x_t$ and the output $h_{t-1}$ before it:

    $$h_t = \tanh(W x_t + U h_{t-1} + b)$$

    Weights: `kernel` (features, units), `recurrent_kernel` (units, units) and `bias`
    (units,). They interchange with those of `keras.layers.SimpleRNN`.

    Args:
        units: Number of units.
        activation: Activation of the units.
        use_bias: Whether there is a bias.
        kernel_initializer: Initializer of `kernel`.
        recurrent_initializer: Initializer of `recurrent_kernel`.
        bias_initializer: Initializer of `bias`.
        kernel_regularizer: Regularizer of `kernel`.
        recurrent_regularizer: Regularizer of `recurrent_kernel`.
        bias_regularizer: Regularizer of `bias`.
        activity_regularizer: Regularizer of the output.
        kernel_constraint: Constraint of `kernel`.
        recurrent_constraint: Constraint of `recurrent_kernel`.
        bias_constraint: Constraint of `bias`.
        dropout: Share of the inputs to drop. One mask per sequence, the same for all
            steps (Gal and Ghahramani 2016).
        recurrent_dropout: Share of $h_{t-1}$ to drop before it meets
            `recurrent_kernel`; the others grow by 1 / (1 - `recurrent_dropout`). One
            mask per sequence, likewise.
        return_sequences: Whether to return the output of every step.
        return_state: Whether to return the last output as well.
        go_backwards: Whether to start at the last step.
        stateful: Whether each call starts from the states that the one before left,
            sequence by sequence. The batch size must be fixed, as in
            `keras.Input(batch_shape=(32, None, 3))`, and the data in order, without
            shuffling. `reset_states()` starts anew; no gradient flows from call to
            call. `initial_state` does the same in sight, for any batch size.
        unroll: Accepted, and without effect: the loop is the same.
        seed: Seed of the dropout masks.
        zero_output_for_mask: Whether masked steps put out zeros instead of the output
            before them.
        checkpoint_steps: Every how many steps the states are kept for the backward
            pass, which then computes the activations between them once more: less
            memory for long sequences, for more time. By default all are kept. Only for
            the activations tanh and sigmoid.
        recurrent_dropout_form: Only `"gal"`, the dropout of Gal and Ghahramani 2016.
        zoneout: How probable it is, while training, that a step leaves an entry of
            $h$ as it was (Krueger et al. 2016). At inference there is the expectation,
            `zoneout * old + (1 - zoneout) * new`.
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
        recurrent_dropout_form: units.DropoutForm = "gal",
        zoneout: float = 0.0,
        **kwargs: Any,
    ) -> None:
        cell = SimpleRNNCell(
            units,
            activation=activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            recurrent_dropout_form=recurrent_dropout_form,
            zoneout=zoneout,
            seed=seed,
            dtype=kwargs.get("dtype"),
            trainable=kwargs.get("trainable", True),
            name="simple_rnn_cell",
        )
        super().__init__(
            cell,
            return_sequences=return_sequences,
            return_state=return_state,
            go_backwards=go_backwards,
            stateful=stateful,
            unroll=unroll,
            zero_output_for_mask=zero_output_for_mask,
            checkpoint_steps=checkpoint_steps,
            activity_regularizer=activity_regularizer,
            **kwargs,
        )
