"""The C++ loop under the contract of all loops."""

from typing import Any, ClassVar

from keras import ops

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
from keras_gated.recurrence.operands import Operands


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
        finals = (found["last_output"], found.get("last_carry"))
        kept = (found["outputs"], found.get("carries"), found.get("kept"))
        results = (found["outputs"], *finals[: len(operands.states)])
        return results, (operands, *kept)

    def backward(self, residuals: Any, gradients: Tensors, to_inputs: bool) -> Any:
        operands, outputs, carries, kept = residuals
        d_outputs, d_last_output, *d_last_carry = gradients
        arrays = {
            **self._loop(operands),
            "outputs": outputs,
            "carries": carries,
            "kept": kept,
            "d_outputs": d_outputs,
            "d_last_output": d_last_output,
            "d_last_carry": d_last_carry[0] if d_last_carry else None,
        }
        states = ["d_first_output", "d_first_carry"][: len(operands.states)]
        projection = ["d_kernel", "d_bias"][: len(operands.projection)]
        weights = ["d_recurrent_kernel"]
        weights += [f"d_{name}" for name in self._kind.beside_kernels(operands.weights)]
        inputs = ["d_inputs"] if to_inputs else []
        wanted = [*inputs, *states, *projection, *weights]
        found = self._run("backward", arrays, wanted)

        d_kernel, *d_beside = (found[name] for name in weights)
        return (
            found.get("d_inputs"),
            tuple(found[name] for name in states),
            tuple(found[name] for name in projection),
            (*self._kind.split(d_kernel), *d_beside),
        )

    @property
    def _kind(self) -> Kind:
        return Kind.of(self.equations)

    def _loop(self, operands: Operands) -> dict[str, Tensor | None]:
        """What both directions read."""
        states, weights = operands.states, operands.weights
        kernel, *bias = operands.projection
        kernels = self._kind.kernels(weights)
        return {
            "inputs": operands.inputs,
            "kernel": kernel,
            "bias": bias[0] if bias else None,
            "recurrent_kernel": (
                ops.concatenate(kernels, axis=-1) if len(kernels) > 1 else kernels[0]
            ),
            **self._kind.beside_kernels(weights),
            "valid": operands.valid,
            "dropout_mask": operands.dropout_mask,
            "first_output": states[0],
            "first_carry": states[1] if self._kind.has_carry else None,
        }

    def _run(
        self, direction: Direction, arrays: dict[str, Tensor | None], wanted: list[str]
    ) -> dict[str, Tensor]:
        call = Call.of(direction, self.equations, arrays, tuple(wanted))
        results = run(call, tuple(arrays[name] for name in call.reads))
        return dict(zip(wanted, results, strict=True))
