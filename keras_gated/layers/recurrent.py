"""What the recurrent cells and layers of this package have in common."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import ops

from keras_gated import recurrence
from keras_gated.layers.regularised import RegularisedCell
from keras_gated.recurrence.operands import noise, project
from keras_gated.types import Tensor


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
    get_dropout_mask: Callable[[Tensor], Tensor]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if "implementation" in kwargs:
            raise ValueError(
                f"{type(self).__name__} received "
                f"implementation={kwargs['implementation']!r}. It has only one way to "
                "compute a step; leave the argument out."
            )
        super().__init__(*args, **kwargs)
        # Keras would draw a mask per gate; one for all keeps a step one product.
        self.dropout_mask_count = None

    @property
    def path(self) -> recurrence.Path:
        """Which loop a layer of this cell takes, and why."""
        return recurrence.path_for(self.regularised_unit, self.compute_dtype)

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
        before = tuple(states) if nested else (states,)
        input_mask = self.input_dropout(inputs, training)
        if input_mask is not None:
            inputs = inputs * input_mask
        if training:
            self.check_draws()
        with recurrence.own_dtype(inputs):
            after, _ = self.regularised_unit.forward(
                project(inputs, self.projection()),
                before,
                self.recurrent_weights(),
                noise(
                    self.recurrent_dropout_mask(before[0], training),
                    self.zoneout_masks(before, training),
                ),
            )
        return after[0], list(after) if nested else after[0]


class RecurrentLayer(keras.layers.RNN):
    """A `keras.layers.RNN` whose loop over time is `keras_gated.recurrence`.

    Args:
        cell: The `RecurrentCell` to run.
        checkpoint_steps: Every how many steps the states are kept for the derivative.
        stateful: Only `False`; see Raises.
        unroll: Only `False`; see Raises.
        **kwargs: All other arguments of `keras.layers.RNN`.

    Raises:
        ValueError: If `stateful` or `unroll` is asked for, or `checkpoint_steps` is
            not a positive integer, or is given for activations other than tanh and
            sigmoid.
    """

    def __init__(
        self,
        cell: Any,
        checkpoint_steps: int | None = None,
        stateful: bool = False,
        unroll: bool = False,
        **kwargs: Any,
    ) -> None:
        name = type(self).__name__
        if stateful:
            raise ValueError(
                f"{name} received stateful=True. A layer with hidden state does not "
                "carry it on every backend; carry it yourself: return_state=True hands "
                "out the states, and initial_state= of the next call takes them."
            )
        if unroll:
            raise ValueError(
                f"{name} received unroll=True. Its loop is compiled as a loop on every "
                "backend; leave the argument out."
            )
        super().__init__(cell, **kwargs)
        self.input_spec = keras.InputSpec(ndim=3)
        self.checkpoint_steps = checkpoint_steps
        _ = cell.regularised_unit
        if checkpoint_steps is not None:
            self._check_checkpoint_steps()

    def _check_checkpoint_steps(self) -> None:
        steps, name = self.checkpoint_steps, type(self).__name__
        if isinstance(steps, bool) or not isinstance(steps, int) or steps < 1:
            raise ValueError(
                f"{name} needs a positive integer or None for checkpoint_steps. "
                f"Received checkpoint_steps={steps!r}."
            )
        if not self.recurrence.is_hand_written:
            raise ValueError(
                f"{name} has checkpoint_steps={steps}, which only its hand-written "
                f"loop has. {self.recurrence.reason}"
            )

    @property
    def units(self) -> int:
        return self.cell.units

    @property
    def recurrence(self) -> recurrence.Path:
        """Which loop over time the layer takes, and why.

        Its `name` is `"native"` for the loop in C++, which float32 on a CPU takes,
        `"hand-written"` for the fast loop in the backend's operations and `"generic"`
        for the one that the backend differentiates; its `reason` says why, and what
        would have to be done for a faster one.
        """
        return self.cell.path

    def call(
        self,
        sequences: Tensor,
        initial_state: Sequence[Tensor] | Tensor | None = None,
        mask: Tensor | None = None,
        training: bool = False,
    ) -> Any:
        if sequences.shape[1] == 0:
            raise ValueError(
                f"{type(self).__name__} needs at least one time step. Received "
                f"sequences of shape {tuple(sequences.shape)} (batch, time, features)."
            )
        return super().call(sequences, initial_state, mask, training)

    def inner_loop(
        self,
        sequences: Tensor,
        initial_state: Sequence[Tensor],
        mask: Any,
        training: bool = False,
    ) -> tuple[Tensor, Tensor, list[Tensor]]:
        cell = self.cell
        input_mask = cell.input_dropout(sequences[:, 0], training)
        if input_mask is not None:
            sequences = sequences * ops.expand_dims(input_mask, 1)
        steps = (ops.shape(sequences)[1],)
        last_output, outputs, states = recurrence.run(
            cell.regularised_unit,
            sequences,
            initial_state,
            cell.projection(),
            cell.recurrent_weights(),
            dropout_mask=cell.recurrent_dropout_mask(initial_state[0], training, steps),
            zoneout=cell.zoneout_masks(initial_state, training, steps),
            mask=mask[0] if isinstance(mask, (list, tuple)) else mask,
            go_backwards=self.go_backwards,
            zero_output_for_mask=self.zero_output_for_mask,
            return_sequences=self.return_sequences,
            checkpoint_steps=self.checkpoint_steps,
            name=self.name,
        )
        if self.return_sequences:
            # The loop of TensorFlow forgets a number of steps that is known.
            outputs = ops.reshape(outputs, (*ops.shape(sequences)[:2], self.units))
        return last_output, outputs, states

    def gates(
        self,
        sequences: Tensor,
        initial_state: Sequence[Tensor] | Tensor | None = None,
        mask: Tensor | None = None,
    ) -> dict[str, Tensor]:
        """Returns the gates and states of every step, at inference.

        For a model with such layers in it see `keras_gated.analysis.gates`.

        Args:
            sequences: `(batch, time, features)`, at least one time step.
            initial_state: The states to start from, as in a call of the layer.
            mask: Booleans `(batch, time)`; where `False` the step is skipped.

        Returns:
            Differentiable tensors `(batch, time, units)` in the compute dtype of the
            layer. Step t of each belongs to step t of `sequences`, also with
            `go_backwards`. Their names are

            - for `PeepholeLSTM`: `"input_gate"`, `"forget_gate"`, `"candidate"`,
              `"output_gate"`, `"output"` and `"carry"`, the cell state;
            - for `LSTMVariant`: those of them that have weights, and both states. With
              `full_gate_recurrence` the gates are states, too;
            - for `GRU`: `"update_gate"`, `"reset_gate"`, `"candidate"`, `"output"`;
            - for `SimpleRNN`: `"output"`;
            - for `MGU`: `"forget_gate"`, `"candidate"`, `"output"`, and for `JANET`
              `"input_gate"` besides, which is not the forget gate's complement.

            `MUT1`, `MUT2`, `MUT3` and `LayerNormGRU` have those of `GRU`,
            `LayerNormLSTM` has those of `PeepholeLSTM`.

            The states, `"output"` and `"carry"`, are those after the step. At a masked
            step they are as before it, also with `zero_output_for_mask`, and the gates
            and the candidate, which were not computed, are zero.

        Raises:
            ValueError: If `sequences` is symbolic, or the shapes are not as above.

        Examples:
            >>> import keras
            >>> from keras_gated.layers import GRU
            >>> layer = GRU(4)
            >>> gates = layer.gates(keras.random.normal((2, 6, 3)))
            >>> {name: tuple(values.shape) for name, values in gates.items()}
            ... # doctest: +NORMALIZE_WHITESPACE
            {'update_gate': (2, 6, 4), 'reset_gate': (2, 6, 4),
             'candidate': (2, 6, 4), 'output': (2, 6, 4)}
        """
        symbolic = isinstance(sequences, keras.KerasTensor)
        if symbolic or len(sequences.shape) != 3:
            raise ValueError(
                f"{type(self).__name__}.gates needs sequences (batch, time, features) "
                f"with values. Received {'symbolic ones' if symbolic else 'some'} of "
                f"shape {tuple(sequences.shape)}. For the gates of a model use "
                "keras_gated.analysis.gates."
            )
        if not self.built:
            self.build(tuple(sequences.shape))
        with recurrence.unchanged(self), recurrence.Observer() as observer:
            self(sequences, initial_state=initial_state, mask=mask, training=False)
        (gates,) = observer.seen.values()
        return gates

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["cell"], config["stateful"], config["unroll"]
        cell_config = self.cell.get_config()
        del cell_config["name"], cell_config["trainable"], cell_config["dtype"]
        return {
            **cell_config,
            **config,
            "checkpoint_steps": self.checkpoint_steps,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "RecurrentLayer":
        return cls(**config)


def tensors(*weights: Any) -> tuple[Tensor, ...]:
    """The values of those weights that are there, in the compute dtype."""
    return tuple(ops.convert_to_tensor(w) for w in weights if w is not None)
