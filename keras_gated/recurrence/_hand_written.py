"""What the loops have in common whose derivative is written by hand."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from itertools import chain
from typing import Any, ClassVar

import keras

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence._checkpointed import CheckpointedLoop
from keras_gated.recurrence._differentiated import DifferentiatedLoop
from keras_gated.recurrence.backend import custom_gradient, is_recorded
from keras_gated.recurrence.equations import (
    Equations,
    EquationsWithDerivative,
    Zoneout,
)
from keras_gated.recurrence.loop import LoopName
from keras_gated.recurrence.operands import Operands

KNOWN = "All activations are those with a derivative by hand"

TRANSFORMATIONS = {
    "torch": " Under torch.func, in forward mode, and where a gradient is to be "
    "differentiated again or comes in batches, PyTorch differentiates the generic loop "
    "in its place."
}.get(keras.backend.backend(), "")
"""Where the backend takes the generic loop of equations with a derivative by hand."""


@dataclass(frozen=True)
class HandWrittenLoop(ABC):
    """Runs equations forward and backward under the backend's custom gradient."""

    name: ClassVar[LoopName] = "hand-written"

    equations: Any

    @classmethod
    def refusal(cls, equations: Equations, dtype: str) -> str | None:
        return unknown_derivative(equations)

    @classmethod
    def reason(cls, refusals: list[str]) -> str:
        return f"{KNOWN}; {'; '.join(refusals)}.{TRANSFORMATIONS}"

    @classmethod
    def takes(cls, operands: Operands) -> bool:
        return not is_recorded()

    @abstractmethod
    def forward(self, operands: Operands, save: bool) -> tuple[Tensors, Any]:
        """All outputs and the final states; and if `save`, what `backward` needs."""

    @abstractmethod
    def backward(self, residuals: Any, gradients: Tensors, to_inputs: bool) -> Any:
        """The gradients of the inputs, the states, the projection and the weights.

        Args:
            residuals: What `forward` kept.
            gradients: Those of all outputs and of the final states.
            to_inputs: Whether that of the inputs is wanted; else it may be `None`.
        """

    def prepared(self, operands: Operands) -> Operands:
        """The operands as this loop wants them, in operations of the backend."""
        return operands

    def run(
        self,
        operands: Operands,
        *,
        checkpoint_steps: int | None,
        return_sequences: bool,
    ) -> tuple[Tensors, Tensor]:
        given = self.prepared(operands)
        loop: Any = self
        if checkpoint_steps is not None:
            loop = CheckpointedLoop(self, checkpoint_steps)

        def forward(
            arguments: Tensors, constants: tuple[Any, ...], save: bool
        ) -> tuple[Tensors, Any]:
            return loop.forward(given.like(arguments, constants), save)

        def backward(
            residuals: Any, gradients: Tensors, to_inputs: bool = True
        ) -> Tensors:
            d_inputs, *others = loop.backward(residuals, gradients, to_inputs)
            return (d_inputs, *chain(*others))

        def differentiable(arguments: Tensors, constants: tuple[Any, ...]) -> Tensors:
            same = given.like(arguments, constants)
            finals, outputs = DifferentiatedLoop(self.equations).run(same)
            return outputs, *finals

        outputs, *finals = custom_gradient(
            forward,
            backward,
            differentiable,
            given.arguments,
            given.constants,
            is_native=self.name == "native",
        )
        return tuple(finals), outputs


def unknown_derivative(equations: Equations) -> str | None:
    """Why the derivative by hand, if there is one, does not hold; None if it does."""
    if not isinstance(equations, EquationsWithDerivative):
        inside = equations.inside if isinstance(equations, Zoneout) else equations
        return f"{type(inside).__name__} has no derivative by hand"
    strangers = [
        f"{argument}={keras.activations.serialize(given)!r} is not "
        + " or ".join(repr(activation.__name__) for activation in known)
        for argument, given, known in equations.known_activations
        if given not in known
    ]
    return " and ".join(strangers) or None
