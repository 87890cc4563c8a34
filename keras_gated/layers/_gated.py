"""What the cells have in common whose weights are blocks of `units` columns."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import keras
from keras import ops

from keras_gated._types import (
    ActivationLike,
    ConstraintLike,
    InitializerLike,
    RegularizerLike,
    Shape,
    Tensor,
)
from keras_gated.layers._keras_arguments import by_owner
from keras_gated.layers.recurrent_cell import RecurrentCell
from keras_gated.layers.recurrent_layer import RecurrentLayer
from keras_gated.recurrence import equations, exact


class GatedCell(RecurrentCell, keras.layers.GRUCell):
    """A cell with one state, whose equations and weights its subclass names.

    Weights: `kernel` (features, `kernel_blocks` units), `recurrent_kernel`
    (units, `recurrent_blocks` units) and `bias` (`bias_blocks` units,); one without a
    block is missing.

    Args:
        units: Number of units.
        **kwargs: All other arguments of `keras.layers.GRUCell`, from which the cell has
            them, but `reset_after`.
    """

    equations_class: ClassVar[type[equations.Equations]]
    kernel_blocks: int
    recurrent_blocks: int
    bias_blocks: int

    bias_initializer: InitializerLike

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(units, reset_after=False, **kwargs)

    def build(self, input_shape: Shape) -> None:
        features = input_shape[-1]
        self.kernel = self.recurrent_kernel = self.bias = None
        if blocks := self.kernel_blocks_for(features):
            self.kernel = self.add_weight(
                shape=(features, blocks * self.units),
                name="kernel",
                initializer=self.kernel_initializer,
                regularizer=self.kernel_regularizer,
                constraint=self.kernel_constraint,
            )
        if self.recurrent_blocks:
            self.recurrent_kernel = self.add_weight(
                shape=(self.units, self.recurrent_blocks * self.units),
                name="recurrent_kernel",
                initializer=self.recurrent_initializer,
                regularizer=self.recurrent_regularizer,
                constraint=self.recurrent_constraint,
            )
        if self.use_bias and self.bias_blocks:
            self.bias = self.add_weight(
                shape=(self.bias_blocks * self.units,),
                name="bias",
                initializer=self.initial_bias,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )

    def kernel_blocks_for(self, features: int | None) -> int:
        """The number of blocks of `kernel` for inputs of so many features."""
        return self.kernel_blocks

    def initial_bias(self, shape: Shape, dtype: Any = None) -> Tensor:
        return self.bias_initializer(shape, dtype=dtype)

    @property
    def step_equations(self) -> equations.Equations:
        return self.equations_class(
            exact(self.activation), exact(self.recurrent_activation)
        )

    def recurrent_weights(self) -> tuple[Tensor, ...]:
        # Sliced here, once, and not in every step.
        recurrent_kernel = ops.convert_to_tensor(self.recurrent_kernel)
        return tuple(ops.split(recurrent_kernel, self.recurrent_blocks, axis=1))

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["reset_after"]
        return config


class GatedLayer(RecurrentLayer):
    """The layer of a cell that its subclass names, with the arguments of `GRU`.

    The arguments that are not listed here are those of all recurrent layers;
    `RecurrentLayer` describes them.

    Args:
        units: Number of units.
        activation: Activation of the candidate, and of whatever leaves the unit.
        recurrent_activation: Activation of the gates.
        cell_arguments: Arguments that the cell has and these are not.
        **kwargs: `name`, `dtype` and `trainable`, as in every Keras layer.
    """

    cell_class: ClassVar[type[Any]]

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
        zero_output_for_mask: bool = False,
        checkpoint_steps: int | None = None,
        recurrent_dropout_form: equations.DropoutForm = "gal",
        zoneout: float | Sequence[float] = 0.0,
        *,
        cell_arguments: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        cell, layer = by_owner(locals())
        own = cell.pop("cell_arguments") or {}
        super().__init__(self.cell_class(**cell, **own, name="cell"), **layer)
