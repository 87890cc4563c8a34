"""The C++ loop under the contract of all loops."""

from dataclasses import dataclass
from typing import Any

from keras import ops

from keras_gated.recurrence.backend import matmul
from keras_gated.recurrence.native.backend import project, run
from keras_gated.recurrence.native.call import Call, Direction
from keras_gated.recurrence.operands import Operands
from keras_gated.recurrence.scanned import shifted
from keras_gated.recurrence.units import (
    LSTM,
    GRUResetBefore,
    HandWrittenUnit,
)
from keras_gated.recurrence.units.unit import product_gradient
from keras_gated.types import Tensor, Tensors


@dataclass(frozen=True)
class NativeLoop:
    """Runs a unit forward and backward through time, all steps in one call.

    Before it comes one product, which projects the inputs of all steps; after the way
    back one for each kernel. The gradients of biases and peepholes are summed inside.
    """

    unit: HandWrittenUnit

    def forward(self, operands: Operands, save: bool) -> tuple[Tensors, Any]:
        arrays = self._loop(operands)
        arrays["projected"] = project(operands)
        wanted = ["outputs"]
        if self._is_lstm:
            wanted += ["carries", "last_carry"] if save else ["last_carry"]
        if save and self.unit.activations:
            wanted.append("kept")
        found = self._run("forward", arrays, wanted)
        finals = (found["outputs"][-1], found.get("last_carry"))[: len(operands.states)]
        kept = (found["outputs"], found.get("carries"), found.get("kept"))
        return (found["outputs"], *finals), (operands, *kept)

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
        wanted = ["d_projected", "d_first_output"]
        wanted += ["d_first_carry"] if self._is_lstm else []
        wanted.append("d_bias")
        wanted += [f"d_{name}" for name in self._beside_kernels(operands.weights)]
        found = self._run("backward", arrays, wanted)

        d_projected = found["d_projected"]
        d_weights = self.unit.weight_gradients(
            d_projected,
            () if kept is None else tuple(ops.split(kept, self.unit.activations, -1)),
            (shifted(outputs, operands.states[0]), *operands.states[1:]),
            self._kernels(operands.weights),
            operands.dropout_mask,
        )
        beside = (found[f"d_{name}"] for name in self._beside_kernels(operands.weights))
        d_states = (found["d_first_output"], found.get("d_first_carry"))
        d_inputs, d_projection = _projection_gradients(
            operands, d_projected, found["d_bias"], to_inputs
        )
        return (
            d_inputs,
            d_states[: len(operands.states)],
            d_projection,
            (*d_weights, *beside),
        )

    @property
    def _is_lstm(self) -> bool:
        return isinstance(self.unit, LSTM)

    def _kernels(self, weights: Tensors) -> Tensors:
        return weights[:2] if isinstance(self.unit, GRUResetBefore) else weights[:1]

    def _beside_kernels(self, weights: Tensors) -> dict[str, Tensor]:
        """Peepholes or a recurrent bias, where there are any, by the library's name."""
        others = weights[len(self._kernels(weights)) :]
        name = "peepholes" if self._is_lstm else "recurrent_bias"
        return {name: others[0]} if others else {}

    def _loop(self, operands: Operands) -> dict[str, Tensor | None]:
        """What both directions read."""
        states, weights, valid = operands.states, operands.weights, operands.valid
        kernels = self._kernels(weights)
        return {
            "recurrent_kernel": (
                ops.concatenate(kernels, axis=-1) if len(kernels) > 1 else kernels[0]
            ),
            **self._beside_kernels(weights),
            "valid": None if valid is None else ops.squeeze(valid, -1),
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


def _projection_gradients(
    operands: Operands, d_projected: Tensor, d_bias: Tensor, to_inputs: bool
) -> tuple[Tensor | None, Tensors]:
    """The gradients of the inputs, if wanted, and of the projection."""
    inputs, projection = operands.inputs, operands.projection
    if not projection:
        return d_projected, ()
    kernel, *bias = projection
    d_inputs = matmul(d_projected, ops.transpose(kernel)) if to_inputs else None
    d_kernel = product_gradient(inputs, d_projected)
    return d_inputs, (d_kernel, d_bias) if bias else (d_kernel,)
