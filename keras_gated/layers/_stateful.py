"""States that a layer carries from batch to batch."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_gated._types import Shape, Tensor
from keras_gated.recurrence.backend import with_batch_size


class CarriesStates(keras.layers.RNN):
    """A `keras.layers.RNN` whose `stateful=True` works in every trainer.

    Keras keeps the states of a batch in variables that it counts among none of the
    layer's. A trainer that runs the model as a function of its variables, as that of
    JAX, does not hand such states on. Here they are among `non_trainable_variables`.
    They are no weights: files and `get_weights` leave them out, so that a model for
    one sequence at a time can take the weights of one that was trained on many.
    """

    cell: Any
    stateful: bool
    states: list[Any] | None

    def build(self, sequences_shape: Shape, initial_state_shape: Any = None) -> None:
        if self.stateful and self.states is None:
            self._create_states(sequences_shape)
        super().build(sequences_shape, initial_state_shape)

    def _create_states(self, sequences_shape: Shape) -> None:
        batch = sequences_shape[0]
        if batch is None:
            raise ValueError(
                f"{type(self).__name__} {self.name!r} has stateful=True, which carries "
                "a state for each sequence of a batch, so it must know how many there "
                f"are. It received the shape {tuple(sequences_shape)} (batch, time, "
                "features). Give the batch size to the model's input, as in "
                "keras.Input(batch_shape=(32, None, 3))."
            )
        names = self.cell.regularised_equations.states
        states = [
            keras.Variable(
                "zeros",
                (batch, size),
                self.variable_dtype,
                trainable=False,
                # PyTorch would lose what is assigned while it is cast.
                autocast=False,
                name=f"{name}_state",
            )
            for name, size in zip(names, self.state_size, strict=True)
        ]
        # An attribute set in the usual way would make weights of them.
        object.__setattr__(self, "states", states)

    @property
    def variables(self) -> list[Any]:
        return [*super().variables, *(self.states or ())]

    def call(
        self,
        sequences: Tensor,
        initial_state: Sequence[Tensor] | Tensor | None = None,
        mask: Tensor | None = None,
        training: bool = False,
    ) -> Any:
        states = self.states if self.stateful else None
        if states is None:
            return super().call(sequences, initial_state, mask, training)
        sequences = self._of_known_batch(sequences, states[0].shape[0])
        # Copies, as PyTorch writes into the memory that the derivative will read, and
        # the trainer of JAX gives that of a variable away, which is the outputs', too.
        if initial_state is None:
            initial_state = _copies(states)
        outputs = super().call(sequences, initial_state, mask, training)
        for variable, state in zip(states, _copies(states), strict=True):
            variable.assign(state)
        return outputs

    def _of_known_batch(self, sequences: Tensor, needed: int) -> Tensor:
        given = sequences.shape[0]
        if given not in (None, needed):
            raise ValueError(
                f"{type(self).__name__} {self.name!r} has stateful=True and was built "
                f"for batches of {needed} sequences, whose states it carries. Received "
                f"a batch of {given}. Leave the rest of the data out that does not "
                "fill a batch, or carry the states yourself with initial_state."
            )
        return with_batch_size(sequences, needed) if given is None else sequences


def _copies(variables: Sequence[Any]) -> list[Tensor]:
    return [ops.copy(ops.convert_to_tensor(variable)) for variable in variables]
