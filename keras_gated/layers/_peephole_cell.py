"""What the LSTM cells with peepholes have in common."""

from typing import Any

import keras

from keras_gated._types import (
    ConstraintLike,
    InitializerLike,
    RegularizerLike,
    Shape,
    Tensor,
)
from keras_gated.layers._forget_bias import ForgetBiasCell
from keras_gated.layers.recurrent_cell import RecurrentCell, tensors


class PeepholeCell(RecurrentCell, ForgetBiasCell):
    """The weights of an LSTM cell, with peepholes and a bias of the forget gate.

    Args:
        units: Number of units.
        *args: Further ones of `keras.layers.LSTMCell`, in its order.
        use_peepholes: Whether the gates see the cell state.
        peephole_initializer: Initializer of `peephole_kernel`.
        peephole_regularizer: Regularizer of `peephole_kernel`.
        peephole_constraint: Constraint of `peephole_kernel`.
        unit_forget_bias: Where the bias of the forget gate starts: `True` for 1,
            `False` for what `bias_initializer` gives, a number, or an initializer. With
            `Chrono` that of the input gate starts at the negatives.
        **kwargs: All other arguments of `keras.layers.LSTMCell`.
    """

    def __init__(
        self,
        units: int,
        *args: Any,
        use_peepholes: bool = True,
        peephole_initializer: InitializerLike = "zeros",
        peephole_regularizer: RegularizerLike = None,
        peephole_constraint: ConstraintLike = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(units, *args, **kwargs)
        self.use_peepholes = use_peepholes
        self.peephole_initializer = keras.initializers.get(peephole_initializer)
        self.peephole_regularizer = keras.regularizers.get(peephole_regularizer)
        self.peephole_constraint = keras.constraints.get(peephole_constraint)
        self.peephole_kernel = None

    @property
    def rows(self) -> tuple[str, ...]:
        """The gate that each row of the peepholes belongs to."""
        return tuple(name for name in self.columns if name != "candidate")

    def build(self, input_shape: Shape) -> None:
        width = len(self.columns) * self.units
        self.kernel = self.add_weight(
            shape=(input_shape[-1], width),
            name="kernel",
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, width),
            name="recurrent_kernel",
            initializer=self.recurrent_initializer,
            regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                shape=(width,),
                name="bias",
                initializer=self.starting_bias,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )
        if self.use_peepholes and self.rows:
            self.peephole_kernel = self.add_weight(
                shape=(len(self.rows), self.units),
                name="peephole_kernel",
                initializer=self.peephole_initializer,
                regularizer=self.peephole_regularizer,
                constraint=self.peephole_constraint,
            )

    def recurrent_weights(self) -> tuple[Tensor, ...]:
        return tensors(self.recurrent_kernel, self.peephole_kernel)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "use_peepholes": self.use_peepholes,
            "peephole_initializer": keras.initializers.serialize(
                self.peephole_initializer
            ),
            "peephole_regularizer": keras.regularizers.serialize(
                self.peephole_regularizer
            ),
            "peephole_constraint": keras.constraints.serialize(
                self.peephole_constraint
            ),
        }
