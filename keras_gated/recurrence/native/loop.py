"""The C++ loop under the contract of all loops."""

from typing import Any, ClassVar

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence._hand_written import (
    KNOWN,
    TRANSFORMATIONS,
    HandWrittenLoop,
)
from keras_gated.recurrence.equations import Equations
from keras_gated.recurrence.loop import LoopName
from keras_gated.recurrence.native import choice
from keras_gated.recurrence.native.backend import run
from keras_gated.recurrence.native.call import Call, Direction, Kind
from keras_gated.recurrence.native.layout import BACKWARD_WRITES, LOOP
from keras_gated.recurrence.operands import Operands, present

DIFFERENTIATED = [name.removeprefix("d_") for name in BACKWARD_WRITES]
"""What the backward loop has gradients of, the inputs first."""


class NativeLoop(HandWrittenLoop):
    """Takes all steps in one call, forward and backward.

    The call projects the inputs, too, and gives the gradients of all weights.
    """

    name: ClassVar[LoopName] = "native"

    @classmethod
    def refusal(cls, equations: Equations, dtype: str) -> str | None:
        return choice.refusal(equations, dtype)

    @classmethod
    def reason(cls, refusals: list[str]) -> str:
        return f"{KNOWN}, and the C++ loop is there. {choice.RULE}{TRANSFORMATIONS}"

    @classmethod
    def takes(cls, operands: Operands) -> bool:
        return super().takes(operands) and choice.takes(operands)

    def forward(self, operands: Operands, save: bool) -> tuple[Tensors, Any]:
        wanted = ["outputs", "last_output"]
        if self._kind.has_carry:
            wanted += ["carries", "last_carry"] if save else ["last_carry"]
        if save and self.equations.activations:
            wanted.append("kept")
        found = self._run("forward", self._loop(operands), wanted)
        finals = self._kind.states(found["last_output"], found.get("last_carry"))
        kept = (found["outputs"], found.get("carries"), found.get("kept"))
        return (found["outputs"], *finals), (operands, *kept)

    def backward(self, residuals: Any, gradients: Tensors, to_inputs: bool) -> Any:
        operands, outputs, carries, kept = residuals
        d_outputs, *d_finals = gradients
        loop = self._loop(operands)
        arrays = {
            **loop,
            "outputs": outputs,
            "carries": carries,
            "kept": kept,
            "d_outputs": d_outputs,
            "d_last_output": d_finals[0],
            "d_last_carry": self._kind.carry(d_finals),
        }
        # In the order of the library, the weights last.
        named = [name for name in DIFFERENTIATED if loop[name] is not None]
        named = named if to_inputs else named[1:]
        results = self._run("backward", arrays, [f"d_{name}" for name in named])
        found = {name: results[f"d_{name}"] for name in named}
        return (
            found.get("inputs"),
            self._kind.states(found["first_output"], found.get("first_carry")),
            present(found["kernel"], found.get("bias")),
            self._kind.weights(found),
        )

    @property
    def _kind(self) -> Kind:
        return Kind.of(self.equations)

    def _loop(self, operands: Operands) -> dict[str, Tensor | None]:
        """What both directions read."""
        kernel, *bias = operands.projection
        return dict.fromkeys(LOOP) | {
            "inputs": operands.inputs,
            "kernel": kernel,
            "bias": bias[0] if bias else None,
            **self._kind.arrays(operands.weights),
            "valid": operands.valid,
            "dropout_mask": operands.dropout_mask,
            "first_output": operands.states[0],
            "first_carry": self._kind.carry(operands.states),
        }

    def _run(
        self, direction: Direction, arrays: dict[str, Tensor | None], wanted: list[str]
    ) -> dict[str, Tensor]:
        call = Call.of(direction, self.equations, arrays, tuple(wanted))
        results = run(call, tuple(arrays[name] for name in call.reads))
        return dict(zip(wanted, results, strict=True))
