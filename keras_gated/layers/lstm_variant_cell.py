"""One step of the LSTM with parts taken out or added."""

from typing import Any

import keras

from keras_gated._types import ActivationLike, Shape, Tensor
from keras_gated.layers._peephole_cell import PeepholeCell
from keras_gated.layers.recurrent_cell import tensors
from keras_gated.recurrence import equations, exact


@keras.saving.register_keras_serializable(package="keras_gated")
class LSTMVariantCell(PeepholeCell):
    r"""One step of `LSTMVariant`, for `keras.layers.RNN` and `StackedRNNCells`.

    Args:
        units: Number of units.
        use_input_gate: Whether there is an input gate.
        use_forget_gate: Whether there is a forget gate.
        use_output_gate: Whether there is an output gate.
        input_activation: Activation of the candidate.
        output_activation: Activation of the cell state on its way out.
        coupled_gates: Whether the forget gate is one minus the input gate.
        use_peepholes: Whether the gates see the cell state.
        full_gate_recurrence: Whether the gates see the gates of the step before.
        **kwargs: All other arguments of `PeepholeLSTMCell` but `activation`, whose
            place the two above take.

    Call arguments:
        - `inputs`: `(batch, features)`.
        - `states`: The output and the cell state of the step before and, with
              `full_gate_recurrence`, its gates in the order i, f, o, each
              `(batch, units)`.
        - `training`: Whether dropout is on.

    Raises:
        ValueError: If `units` is not positive, the settings contradict each other, or
            `unit_forget_bias` is neither a finite number nor an initializer.

    Examples:
        >>> import keras
        >>> from keras_gated.layers import LSTM_VARIANTS, LSTMVariantCell
        >>> cells = [LSTMVariantCell(8), LSTMVariantCell(4, **LSTM_VARIANTS["CIFG"])]
        >>> tuple(keras.layers.RNN(cells)(keras.ops.ones((2, 5, 3))).shape)
        (2, 4)

    Reference:
        Greff et al. 2015, "LSTM: A Search Space Odyssey" (arXiv:1503.04069), for the
        vanilla LSTM and its eight variants.
    """

    def __init__(
        self,
        units: int,
        use_input_gate: bool = True,
        use_forget_gate: bool = True,
        use_output_gate: bool = True,
        input_activation: ActivationLike = "tanh",
        output_activation: ActivationLike = "tanh",
        coupled_gates: bool = False,
        use_peepholes: bool = True,
        full_gate_recurrence: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            units, activation=input_activation, use_peepholes=use_peepholes, **kwargs
        )
        self.use_input_gate = use_input_gate
        self.use_forget_gate = use_forget_gate
        self.use_output_gate = use_output_gate
        self.output_activation = keras.activations.get(output_activation)
        self.coupled_gates = coupled_gates
        self.full_gate_recurrence = full_gate_recurrence
        self.gate_recurrent_kernel = None
        self._check_settings()
        if full_gate_recurrence:
            self.state_size = [units] * (2 + len(self.rows))

    def _check_settings(self) -> None:
        name = type(self).__name__
        if self.coupled_gates and not (self.use_input_gate and self.use_forget_gate):
            raise ValueError(
                f"{name} received coupled_gates=True with "
                f"use_input_gate={self.use_input_gate!r} and "
                f"use_forget_gate={self.use_forget_gate!r}. Coupling makes the forget "
                "gate one minus the input gate, so both must be there."
            )
        if self.full_gate_recurrence and not self.rows:
            raise ValueError(
                f"{name} received full_gate_recurrence=True with use_input_gate, "
                "use_forget_gate and use_output_gate all False. There must be a gate "
                "to see the gates of the step before."
            )

    @property
    def input_activation(self) -> Any:
        return self.activation

    @property
    def columns(self) -> tuple[str, ...]:
        return self._variant.columns

    @property
    def step_equations(self) -> equations.Equations:
        variant = self._variant
        if self.full_gate_recurrence:
            return equations.FullGateRecurrence(**vars(variant))
        if variant == equations.LSTMVariant(
            recurrent_activation=variant.recurrent_activation
        ):
            # Nothing but perhaps the peepholes is missing, so the faster loop will do.
            return equations.LSTM(variant.activation, variant.recurrent_activation)
        return variant

    @property
    def _variant(self) -> equations.LSTMVariant:
        return equations.LSTMVariant(
            activation=exact(self.activation),
            recurrent_activation=exact(self.recurrent_activation),
            output_activation=exact(self.output_activation),
            use_input_gate=self.use_input_gate,
            use_forget_gate=self.use_forget_gate,
            use_output_gate=self.use_output_gate,
            coupled_gates=self.coupled_gates,
        )

    def build(self, input_shape: Shape) -> None:
        super().build(input_shape)
        if self.full_gate_recurrence:
            width = len(self.rows) * self.units
            self.gate_recurrent_kernel = self.add_weight(
                shape=(width, width),
                name="gate_recurrent_kernel",
                initializer=self.recurrent_initializer,
                regularizer=self.recurrent_regularizer,
                constraint=self.recurrent_constraint,
            )

    def recurrent_weights(self) -> tuple[Tensor, ...]:
        return super().recurrent_weights() + tensors(self.gate_recurrent_kernel)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        input_activation = config.pop("activation")
        return {
            **config,
            "use_input_gate": self.use_input_gate,
            "use_forget_gate": self.use_forget_gate,
            "use_output_gate": self.use_output_gate,
            "input_activation": input_activation,
            "output_activation": keras.activations.serialize(self.output_activation),
            "coupled_gates": self.coupled_gates,
            "full_gate_recurrence": self.full_gate_recurrence,
        }
