"""The generic loop: any equations, differentiated by the backend."""

from dataclasses import dataclass
from typing import ClassVar

from keras import ops

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence._held import held
from keras_gated.recurrence.backend import scan
from keras_gated.recurrence.equations import Equations
from keras_gated.recurrence.loop import LoopName
from keras_gated.recurrence.operands import Operands, project


@dataclass(frozen=True)
class DifferentiatedLoop:
    """Runs everything, one step after another."""

    name: ClassVar[LoopName] = "generic"

    equations: Equations

    @classmethod
    def refusal(cls, equations: Equations, dtype: str) -> None:
        return None

    @classmethod
    def reason(cls, refusals: list[str]) -> str:
        return f"The backend differentiates the loop, because {refusals[-1]}."

    @classmethod
    def takes(cls, operands: Operands) -> bool:
        return True

    def run(
        self,
        operands: Operands,
        *,
        checkpoint_steps: int | None = None,
        return_sequences: bool = True,
    ) -> tuple[Tensors, Tensor | None]:
        steps = operands.by_step()
        inputs, states, projection, weights, *_ = steps

        def body(before: Tensors, current: Tensors) -> tuple[Tensors, Tensors]:
            step = steps.at(current[1:])
            after, _ = self.equations.forward(current[0], before, weights, step.noise)
            after = held(after, before, step.valid)
            return after, after[:1] if return_sequences else ()

        finals, outputs = scan(
            body,
            states,
            (project(inputs, projection), *steps.masks),
            collected=1 if return_sequences else 0,
        )
        return finals, ops.swapaxes(outputs[0], 0, 1) if return_sequences else None
