"""What all equations have in common."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, Literal, NamedTuple, TypeAlias

from keras import ops

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence.backend import sigmoid, tanh, tensordot

Activation: TypeAlias = Callable[[Tensor], Tensor]

DropoutForm = Literal["gal", "semeniuta", "moon"]
"""Where recurrent dropout acts: on the recurrent input, candidate or cell state."""


class Known(NamedTuple):
    """An activation that a layer was given, and those that a derivative is known for.

    Attributes:
        argument: The name of the layer's argument.
        given: The activation.
        known: The activations that the derivative by hand knows there.
    """

    argument: str
    given: Activation
    known: tuple[Activation, ...]


@dataclass(frozen=True)
class Equations(ABC):
    """The equations of a recurrent unit; see the package's contract.

    Args:
        activation: Activation of the candidate, and of whatever leaves the unit.
        recurrent_activation: Activation of the gates.
        dropout_form: Where the dropout mask acts, one of `dropout_forms`.
    """

    dropout_forms: ClassVar[tuple[DropoutForm, ...]] = ("gal",)
    """Where there can be a dropout mask."""

    activation: Activation = tanh
    recurrent_activation: Activation = sigmoid
    dropout_form: DropoutForm = field(default="gal", kw_only=True)

    @property
    @abstractmethod
    def gates(self) -> tuple[str, ...]:
        """The names of the gates and the candidate, first activations of `forward`."""

    @property
    def states(self) -> tuple[str, ...]:
        """The names of the states."""
        return ("output",)

    @abstractmethod
    def forward(
        self,
        projected: Tensor,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> tuple[Tensors, Tensors]:
        """One step: the states after it, and the activations on the way."""

    def dropped(
        self, form: DropoutForm, x: Tensor, dropout_mask: Tensor | None
    ) -> Tensor:
        """`x` under the dropout mask, if `form` is where these equations have it."""
        return drop(x, dropout_mask) if form == self.dropout_form else x


@dataclass(frozen=True)
class EquationsWithDerivative(Equations):
    """Equations that bring the derivative of their step, for some activations."""

    @property
    @abstractmethod
    def activations(self) -> int:
        """How many activations `forward` hands out."""

    @property
    def known_activations(self) -> tuple[Known, ...]:
        """What its activations may be for the derivative to hold."""
        return (
            Known("activation", self.activation, (tanh,)),
            Known("recurrent_activation", self.recurrent_activation, (sigmoid,)),
        )

    @abstractmethod
    def backward(
        self,
        saved: Tensors,
        before: Tensors,
        output: Tensor,
        gradients: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> tuple[Tensor, Tensors]:
        """The derivative of one step."""

    def projected_gradient(self, gradient: Tensor) -> Tensor:
        """What is the gradient of `projected` in the first result of `backward`."""
        return gradient

    @abstractmethod
    def weight_gradients(
        self,
        gradient: Tensor,
        saved: Tensors,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> Tensors:
        """The gradients of `weights` over all steps, one matrix product each."""


def drop(state: Tensor, dropout_mask: Tensor | None) -> Tensor:
    """`state` under its dropout mask, if there is one."""
    return state if dropout_mask is None else state * dropout_mask


def product_gradient(factor: Tensor, gradient: Tensor) -> Tensor:
    """The gradient of `w` in `factor @ w`, summed over time and batch.

    Both axes are summed as they are: merging them would lose a batch that is spread
    over devices.
    """
    return tensordot(factor, gradient, axes=((0, 1), (0, 1)))


def sum_gradient(gradient: Tensor) -> Tensor:
    """The gradient of `b` in `... + b`, summed over time and batch."""
    return ops.sum(gradient, axis=(0, 1))
