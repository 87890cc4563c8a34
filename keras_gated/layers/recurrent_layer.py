"""What the recurrent layers of this package have in common."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_gated import recurrence
from keras_gated._integers import is_integer
from keras_gated._types import Shape, Tensor
from keras_gated.layers._keras_arguments import KerasArguments
from keras_gated.layers._shapes import check_states
from keras_gated.recurrence import Observer, unchanged


class RecurrentLayer(KerasArguments):
    """A `keras.layers.RNN` whose loop over time is `keras_gated.recurrence`.

    Args:
        cell: The `RecurrentCell` to run.
        checkpoint_steps: Every how many steps the states are kept for the backward
            pass, which then computes the activations between them once more: less
            memory for long sequences, for more time. By default all are kept. Only for
            the activations tanh and sigmoid.
        **kwargs: The other arguments of the run, below, and those of every Keras
            layer: `name`, `dtype` and `trainable`.

    Arguments of the run:
        - `return_sequences`: Whether to return the output of every step.
        - `return_state`: Whether to return the last states as well.
        - `go_backwards`: Whether to start at the last step.
        - `stateful`: Whether each call starts from the states that the one before left,
              sequence by sequence. The batch size must be fixed, as in
              `keras.Input(batch_shape=(32, None, 3))`, and the data in order, without
              shuffling. `reset_states()` starts anew; no gradient flows from call to
              call. `initial_state` does the same in sight, for any batch size.
        - `unroll`: Accepted, and without effect: the loop is the same.
        - `zero_output_for_mask`: Whether masked steps put out zeros instead of the
              output before them.
        - `activity_regularizer`: Regularizer of the output.
        - `use_cudnn`: Of `GRU` and `PeepholeLSTM`. `"auto"` or `False`, without effect:
              no loop here is cuDNN's. `True` is refused on building.

    Arguments of the cell:
        - `use_bias`: Whether there is a bias.
        - `kernel_initializer`, `recurrent_initializer`, `bias_initializer`,
              `kernel_regularizer`, `recurrent_regularizer`, `bias_regularizer`,
              `kernel_constraint`, `recurrent_constraint`, `bias_constraint`: Those of
              the weights `kernel`, `recurrent_kernel` and `bias`.
        - `dropout`: Share of the inputs to drop. One mask per sequence, the same for
              all steps and gates (Gal and Ghahramani 2016, with tied weights).
        - `recurrent_dropout`: Share of the entries to drop where
              `recurrent_dropout_form` says; the others grow by
              1 / (1 - `recurrent_dropout`).
        - `recurrent_dropout_form`: Where that is; each layer has its forms.
        - `zoneout`: How probable it is, while training, that a step leaves an entry of
              a state as it was (Krueger et al. 2016), one number or one for each state.
              At inference there is the expectation, `zoneout * old + (1 - zoneout) *
              new`.
        - `seed`: Seed of the masks.

    Raises:
        ValueError: If `checkpoint_steps` is not a positive integer, or is given for
            activations other than tanh and sigmoid.
    """

    def __init__(
        self,
        cell: Any,
        checkpoint_steps: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(cell, **kwargs)
        # Keras 3.16 hands on no mask from a layer over time; what follows counts it.
        self.supports_masking = True
        self.input_spec = keras.InputSpec(ndim=3)
        self.checkpoint_steps = checkpoint_steps
        _ = cell.regularised_equations
        if checkpoint_steps is not None:
            self._check_checkpoint_steps()
            self.checkpoint_steps = int(checkpoint_steps)

    def _check_checkpoint_steps(self) -> None:
        steps, name = self.checkpoint_steps, type(self).__name__
        if not is_integer(steps, at_least=1):
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
    def recurrence(self) -> recurrence.Path:
        """Which loop over time the layer takes, and why.

        Its `name` is `"native"` for the loop in C++, which float32 on a CPU takes,
        `"hand-written"` for the fast loop in the backend's operations and `"generic"`
        for the one that the backend differentiates, and `"gpu"` for the experimental
        kernels that `KERAS_GATED_GPU_LOOPS=1` asks for; its `reason` says why, and what
        would have to be done for a faster one.
        """
        return self.cell.recurrence

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
        # Keras casts floats only.
        sequences = ops.cast(sequences, self.compute_dtype)
        if initial_state is not None:
            self._check_states(sequences.shape, initial_state)
        # Neither a step of the cell alone nor a call that fails leaves its masks here.
        self.cell.reset_masks()
        try:
            return super().call(sequences, initial_state, mask, training)
        finally:
            self.cell.reset_masks()

    def build(self, sequences_shape: Shape, initial_state_shape: Any = None) -> None:
        super().build(sequences_shape, initial_state_shape)
        self.input_spec = keras.InputSpec(ndim=3, axes={-1: sequences_shape[-1]})

    def compute_output_shape(
        self, sequences_shape: Shape, initial_state_shape: Any = None
    ) -> Any:
        if initial_state_shape is not None:
            self._check_states(sequences_shape, initial_state_shape)
        return super().compute_output_shape(sequences_shape, initial_state_shape)

    def compute_mask(self, sequences: Tensor, mask: Any) -> Any:
        mask = keras.tree.flatten(mask)[0]
        if mask is not None and self.go_backwards:
            # The outputs come in the order in which they are computed.
            mask = ops.flip(mask, axis=1)
        return super().compute_mask(sequences, mask)

    def _check_states(self, sequences_shape: Shape, states: Any) -> None:
        batch = tuple(sequences_shape[:1])
        check_states(self, states, batch, self.state_size)

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
            cell.regularised_equations,
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
        if self.return_sequences and outputs.shape[1] != sequences.shape[1]:
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
            `LayerNormLSTM` has those of `PeepholeLSTM`. `GraphRNN` has the activations
            and states of its graph by their names, but for the first state, which is
            `"output"`; what else the graph calls so is `"graph.output"`.

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
        if not symbolic:
            sequences = ops.convert_to_tensor(sequences)
        if symbolic or len(sequences.shape) != 3:
            raise ValueError(
                f"{type(self).__name__}.gates needs sequences (batch, time, features) "
                f"with values. Received {'symbolic ones' if symbolic else 'some'} of "
                f"shape {tuple(sequences.shape)}. For the gates of a model use "
                "keras_gated.analysis.gates."
            )
        if not self.built:
            self.build(tuple(sequences.shape))
        with unchanged(self), Observer() as observer:
            self(sequences, initial_state=initial_state, mask=mask, training=False)
        (gates,) = observer.seen.values()
        return gates

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["cell"]
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
