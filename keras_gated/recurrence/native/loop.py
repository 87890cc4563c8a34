"""The C++ loop under the contract of all loops."""

from dataclasses import dataclass
from typing import Any

from keras import ops

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence.native.backend import run
from keras_gated.recurrence.native.call import Call, Direction
from keras_gated.recurrence.operands import Operands
from keras_gated.recurrence.units import (
    LSTM,
    GRUResetBefore,
    HandWrittenUnit,
)


@dataclass(frozen=True)
class NativeLoop:
    """Runs a unit forward and backward through time, all steps in one call.

    The call projects the inputs, too, and gives the gradients of all weights. Inputs
    and outputs have the batch first there, as they come from the layer and go back.
    """

    unit: HandWrittenUnit

    def forward(self, operands: Operands, save: bool) -> tuple[Tensors, Any]:
        wanted = ["outputs", "last_output"]
        if self._is_lstm:
            wanted += ["carries", "last_carry"] if save else ["last_carry"]
        if save and self.unit.activations:
            wanted.append("kept")
        found = self._run("forward", self._loop(operands), wanted)
        finals = (found["last_output"], found.get("last_carry"))
        kept = (found["outputs"], found.get("carries"), found.get("kept"))
        outputs = ops.swapaxes(found["outputs"], 0, 1)
        return (outputs, *finals[: len(operands.states)]), (operands, *kept)

    def backward(self, residuals: Any, gradients: Tensors, to_inputs: bool) -> Any:
        operands, outputs, carries, kept = residuals
        d_outputs, d_last_output, *d_last_carry = gradients
        arrays = {
            **self._loop(operands),
            "outputs": outputs,
            "carries": carries,
            "kept": kept,
            "d_outputs": ops.swapaxes(d_outputs, 0, 1),
            "d_last_output": d_last_output,
            "d_last_carry": d_last_carry[0] if d_last_carry else None,
        }
        states = ["d_first_output", "d_first_carry"][: len(operands.states)]
        projection = ["d_kernel", "d_bias"][: len(operands.projection)]
        weights = ["d_recurrent_kernel"]
        weights += [f"d_{name}" for name in self._beside_kernels(operands.weights)]
        inputs = ["d_inputs"] if to_inputs else []
        wanted = [*inputs, *states, *projection, *weights]
        found = self._run("backward", arrays, wanted)

        d_inputs = found.get("d_inputs")
        d_kernel, *d_beside = (found[name] for name in weights)
        return (
            None if d_inputs is None else ops.swapaxes(d_inputs, 0, 1),
            tuple(found[name] for name in states),
            tuple(found[name] for name in projection),
            (*self._split(d_kernel), *d_beside),
        )

    @property
    def _is_lstm(self) -> bool:
        return isinstance(self.unit, LSTM)

    def _kernels(self, weights: Tensors) -> Tensors:
        return weights[:2] if isinstance(self.unit, GRUResetBefore) else weights[:1]

    def _split(self, kernel: Tensor) -> Tensors:
        """The kernels that one was put together from."""
        if not isinstance(self.unit, GRUResetBefore):
            return (kernel,)
        gates = 2 * kernel.shape[0]
        return kernel[:, :gates], kernel[:, gates:]

    def _beside_kernels(self, weights: Tensors) -> dict[str, Tensor]:
        """Peepholes or a recurrent bias, where there are any, by the library's name."""
        others = weights[len(self._kernels(weights)) :]
        name = "peepholes" if self._is_lstm else "recurrent_bias"
        return {name: others[0]} if others else {}

    def _loop(self, operands: Operands) -> dict[str, Tensor | None]:
        """What both directions read."""
        states, weights, valid = operands.states, operands.weights, operands.valid
        kernel, *bias = operands.projection
        kernels = self._kernels(weights)
        return {
            "inputs": ops.swapaxes(operands.inputs, 0, 1),
            "kernel": kernel,
            "bias": bias[0] if bias else None,
            "recurrent_kernel": (
                ops.concatenate(kernels, axis=-1) if len(kernels) > 1 else kernels[0]
            ),
            **self._beside_kernels(weights),
            "valid": (None if valid is None else ops.transpose(ops.squeeze(valid, -1))),
            "dropout_mask": operands.dropout_mask,
            "first_output": states[0],
            "first_carry": states[1] if self._is_lstm else None,
        }

    def _run(
        self, direction: Direction, arrays: dict[str, Tensor | None], wanted: list[str]
    ) -> dict[str, Tensor]:
        call = Call.of(direction, self.unit, arrays, tuple(wanted))
        results = run(call, tuple(arrays[name] for name in call.reads))
        return dict(zip(wanted, results, strict=True))
