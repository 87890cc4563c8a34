"""The long short-term memory with parts taken out or tied."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from keras import activations, ops

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence.backend import matmul, sigmoid, tanh
from keras_gated.recurrence.equations.base import (
    Activation,
    EquationsWithDerivative,
    Known,
    drop,
    product_gradient,
    sum_gradient,
)

Parts = dict[str, Tensor]
"""Tensors by the names of the gates and the candidate that they belong to."""


@dataclass(frozen=True)
class LSTMVariant(EquationsWithDerivative):
    """States: output and cell state.

    Weights: recurrent kernel, if any peepholes. Columns in the order i, f, c, o and
    rows of the peepholes in the order i, f, o, of those gates that have weights.

    Args:
        output_activation: Activation of the cell state on its way out; `activation` is
            that of the candidate.
        use_input_gate: Whether there is an input gate, or it is 1.
        use_forget_gate: Whether there is a forget gate, or it is 1.
        use_output_gate: Whether there is an output gate, or it is 1.
        coupled_gates: Whether the forget gate is 1 - i instead of one with weights.
    """

    output_activation: Activation = tanh
    use_input_gate: bool = True
    use_forget_gate: bool = True
    use_output_gate: bool = True
    coupled_gates: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """What has weights of its own, in the order of the kernels' columns."""
        present = {
            "input_gate": self.use_input_gate,
            "forget_gate": self.use_forget_gate and not self.coupled_gates,
            "candidate": True,
            "output_gate": self.use_output_gate,
        }
        return tuple(name for name, there in present.items() if there)

    @property
    def rows(self) -> tuple[str, ...]:
        """The gates among them, in the order of the peepholes' rows."""
        return tuple(name for name in self.columns if name != "candidate")

    @property
    def gates(self) -> tuple[str, ...]:
        return self.columns

    @property
    def activations(self) -> int:
        return len(self.columns)

    @property
    def states(self) -> tuple[str, ...]:
        return ("output", "carry")

    @property
    def known_activations(self) -> tuple[Known, ...]:
        squashing = (tanh, activations.linear)
        return (
            Known("input_activation", self.activation, squashing),
            Known("output_activation", self.output_activation, squashing),
            Known("recurrent_activation", self.recurrent_activation, (sigmoid,)),
        )

    def forward(
        self,
        projected: Tensor,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> tuple[Tensors, Tensors]:
        carry = before[1]
        sums = self._sums(projected, before, weights, dropout_mask)
        to = self._peepholes(self._beside_kernels(weights))

        def opened(name: str, seen: Tensor) -> Tensor:
            inside = sums[name] + to[name] * seen if to else sums[name]
            return self.recurrent_activation(inside)

        parts = {"candidate": self.activation(sums["candidate"])}
        for name in ("input_gate", "forget_gate"):
            if name in sums:
                parts[name] = opened(name, carry)
        carry = self._carry(parts, carry)
        output = self.output_activation(carry)
        if self.use_output_gate:
            parts["output_gate"] = opened("output_gate", carry)
            output = parts["output_gate"] * output
        return (output, carry), tuple(parts[name] for name in self.columns)

    def backward(
        self,
        saved: Tensors,
        before: Tensors,
        output: Tensor,
        gradients: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> tuple[Tensor, Tensors]:
        recurrent_kernel, *peepholes = weights
        d, d_carry = self._sum_gradients(
            self._named(saved), before[1], gradients, self._peepholes(peepholes)
        )
        d_total = ops.concatenate([d[name] for name in self.columns], axis=-1)
        d_output = drop(matmul(d_total, ops.transpose(recurrent_kernel)), dropout_mask)
        return d_total, (d_output, d_carry)

    def weight_gradients(
        self,
        gradient: Tensor,
        saved: Tensors,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> Tensors:
        output, carry = before
        recurrent = product_gradient(drop(output, dropout_mask), gradient)
        if len(weights) == 1:
            return (recurrent,)
        seen = dict.fromkeys(self.rows, carry)
        if self.use_output_gate:
            seen["output_gate"] = self._carry(self._named(saved), carry)
        d = self._blocks(gradient)
        peepholes = [sum_gradient(d[name] * seen[name]) for name in self.rows]
        return recurrent, ops.stack(peepholes)

    def _beside_kernels(self, weights: Tensors) -> Tensors:
        """The peepholes, if there are any, as the only one."""
        return weights[1:]

    def _sums(
        self,
        projected: Tensor,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> Parts:
        """What is inside the activations, but for what the peepholes add."""
        product = matmul(drop(before[0], dropout_mask), weights[0])
        return self._blocks(projected + product)

    def _sum_gradients(
        self, parts: Parts, carry: Tensor, gradients: Tensors, to: Parts
    ) -> tuple[Parts, Tensor]:
        """The gradients inside the activations, and of the cell state before.

        Args:
            parts: The activations.
            carry: The cell state before.
            gradients: Those of the states after, among which the gates may be.
            to: The peepholes.
        """
        d_output, d_carry, *d_gates = gradients
        later = dict(zip(self.rows, d_gates, strict=False))
        squashed = self.output_activation(self._carry(parts, carry))

        def of_gate(name: str, gradient: Tensor) -> Tensor:
            gradient = gradient + later[name] if later else gradient
            return gradient * parts[name] * (1 - parts[name])

        d = {}
        if self.use_output_gate:
            d["output_gate"] = of_gate("output_gate", d_output * squashed)
            d_output = d_output * parts["output_gate"]
        d_carry = d_carry + _through(self.output_activation, squashed, d_output)
        if "output_gate" in to:
            d_carry = d_carry + d["output_gate"] * to["output_gate"]

        candidate, d_candidate, d_before = parts["candidate"], d_carry, d_carry
        if self.use_input_gate:
            in_favour = candidate - carry if self.coupled_gates else candidate
            d["input_gate"] = of_gate("input_gate", d_carry * in_favour)
            d_candidate = d_carry * parts["input_gate"]
        if self.coupled_gates:
            d_before = d_carry * (1 - parts["input_gate"])
        elif self.use_forget_gate:
            d["forget_gate"] = of_gate("forget_gate", d_carry * carry)
            d_before = d_carry * parts["forget_gate"]
        d["candidate"] = _through(self.activation, candidate, d_candidate)
        for name in to:
            if name != "output_gate":
                d_before = d_before + d[name] * to[name]
        return d, d_before

    def _carry(self, parts: Parts, carry: Tensor) -> Tensor:
        """The cell state after the step whose one before is `carry`."""
        entering = parts["candidate"]
        if self.use_input_gate:
            entering = parts["input_gate"] * entering
        if self.coupled_gates:
            return (1 - parts["input_gate"]) * carry + entering
        if self.use_forget_gate:
            return parts["forget_gate"] * carry + entering
        return carry + entering

    def _blocks(self, x: Tensor) -> Parts:
        """The columns of `x`, a block for each gate and the candidate."""
        return self._named(ops.split(x, len(self.columns), axis=-1))

    def _named(self, parts: Iterable[Tensor]) -> Parts:
        return dict(zip(self.columns, parts, strict=True))

    def _peepholes(self, peepholes: Sequence[Tensor]) -> Parts:
        """The rows of the peepholes, if there are any."""
        if not peepholes:
            return {}
        rows = ops.unstack(peepholes[0], len(self.rows))
        return dict(zip(self.rows, rows, strict=True))


def _through(activation: Activation, value: Tensor, gradient: Tensor) -> Tensor:
    """The gradient inside an activation, from its value and the gradient of that."""
    return gradient * (1 - value * value) if activation is tanh else gradient
