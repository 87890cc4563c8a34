"""The contract of all loops over time."""

from typing import ClassVar, Literal, Protocol, TypeAlias

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence.equations import Equations
from keras_gated.recurrence.operands import Operands

LoopName: TypeAlias = Literal["gpu", "native", "hand-written", "generic"]
"""In kernels for GPUs, in C++, with a derivative by hand, or differentiated by the
backend."""


class Loop(Protocol):
    """Some equations, run over all steps of a batch of sequences.

    A class of loops is asked first whether it runs the equations, then whether it takes
    the tensors of a call, and is made if it does. `choice.py` has the order.
    """

    name: ClassVar[LoopName]
    """What `layer.recurrence.name` calls it."""

    def __init__(self, equations: Equations) -> None:
        """The loop of equations that it does not refuse."""
        ...

    @classmethod
    def refusal(cls, equations: Equations, dtype: str) -> str | None:
        """Why it does not run these equations in this type; None if it does."""
        ...

    @classmethod
    def reason(cls, refusals: list[str]) -> str:
        """What to say of its choice, given why the loops before it refused."""
        ...

    @classmethod
    def takes(cls, operands: Operands) -> bool:
        """Whether it takes these tensors, of equations that it runs."""
        ...

    def run(
        self,
        operands: Operands,
        *,
        checkpoint_steps: int | None,
        return_sequences: bool,
    ) -> tuple[Tensors, Tensor | None]:
        """The final states, and all outputs `(batch, time, units)`.

        Args:
            operands: What to read, the batch first.
            checkpoint_steps: Every how many steps the states are kept for the
                derivative. A loop that has none by hand goes without.
            return_sequences: Whether the outputs are wanted; else there may be none.
        """
        ...
