"""What the recurrent cells of this package have in common."""

from collections.abc import Callable
from typing import Any

from keras import ops

from keras_gated import recurrence
from keras_gated._types import Tensor
from keras_gated.layers._keras_arguments import without_implementation
from keras_gated.layers._regularised import RegularisedCell
from keras_gated.layers._shapes import check_mask, check_step
from keras_gated.recurrence import noise, project
from keras_gated.recurrence.backend import own_dtype


class RecurrentCell(RegularisedCell):
    """Mixin that splits the step of a Keras cell into a projection and a pure step.

    A cell of this package derives from this class and from the Keras cell whose
    arguments and weights it shares. It names its weights and the unit whose equations
    they enter; how the steps follow each other in time is the business of
    `keras_gated.recurrence`.
    """

    kernel: Tensor
    bias: Tensor
    recurrent_kernel: Tensor
    use_bias: bool
    activation: Callable[[Tensor], Tensor]
    recurrent_activation: Callable[[Tensor], Tensor]
    compute_dtype: str
    dropout: float

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs = without_implementation(type(self).__name__, kwargs)
        super().__init__(*args, **kwargs)
        # Keras would draw a mask per gate; one for all keeps a step one product.
        self.dropout_mask_count = None

    @property
    def recurrence(self) -> recurrence.Path:
        """Which loop a layer of this cell takes, and why."""
        return recurrence.path_for(self.regularised_equations, self.compute_dtype)

    def projection(self) -> tuple[Tensor, ...]:
        """The kernel that projects the inputs, and the bias if there is one."""
        return tensors(self.kernel, self.bias if self.use_bias else None)

    def recurrent_weights(self) -> tuple[Tensor, ...]:
        """The weights that the unit's step reads."""
        return tensors(self.recurrent_kernel)

    def input_dropout(self, step_inputs: Tensor, training: bool) -> Tensor | None:
        """The dropout mask `(batch, features)` of a sequence, if there is one."""
        active = training and self.dropout > 0
        return self.get_dropout_mask(step_inputs) if active else None

    def call(
        self, inputs: Tensor, states: Any, training: bool = False
    ) -> tuple[Tensor, Any]:
        nested = isinstance(states, (list, tuple))
        given = tuple(states) if nested else (states,)
        # Keras casts floats only.
        inputs = ops.cast(inputs, self.compute_dtype)
        before = tuple(ops.cast(state, self.compute_dtype) for state in given)
        projection = self.projection()
        check_step(self, inputs, before, projection[0])
        if training:
            self.check_draws()
        input_mask = self.input_dropout(inputs, training)
        recurrent_mask = self.recurrent_dropout_mask(before[0], training)
        check_mask(self, input_mask, inputs)
        check_mask(self, recurrent_mask, before[0])
        if input_mask is not None:
            inputs = inputs * input_mask
        with own_dtype(inputs):
            after, _ = self.regularised_equations.forward(
                project(inputs, projection),
                before,
                self.recurrent_weights(),
                noise(recurrent_mask, self.zoneout_masks(before, training)),
            )
        return after[0], list(after) if nested else after[0]


def tensors(*weights: Any) -> tuple[Tensor, ...]:
    """The values of those weights that are there, in the compute dtype."""
    return tuple(ops.convert_to_tensor(w) for w in weights if w is not None)
