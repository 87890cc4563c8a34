"""The kernels for GPUs under the contract of all loops."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, ClassVar, NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence._hand_written import KNOWN, HandWrittenLoop
from keras_gated.recurrence._jax_gpu import choice, cudnn, launch
from keras_gated.recurrence._jax_gpu.gru import (
    GRUResetAfterKernels,
    GRUResetBeforeKernels,
)
from keras_gated.recurrence._jax_gpu.lstm import LSTMKernels
from keras_gated.recurrence._jax_gpu.simple_rnn import SimpleRNNKernels
from keras_gated.recurrence._jax_gpu.unit import UnitKernels
from keras_gated.recurrence._on_gpus import refusal
from keras_gated.recurrence._scanned import ScannedLoop
from keras_gated.recurrence.equations import (
    LSTM,
    Equations,
    GRUResetAfter,
    GRUResetBefore,
    SimpleRNN,
)
from keras_gated.recurrence.experimental import SWITCH
from keras_gated.recurrence.loop import LoopName
from keras_gated.recurrence.operands import Operands, project, projection_gradients

KERNELS: dict[Any, UnitKernels] = {
    LSTM: LSTMKernels(),
    GRUResetBefore: GRUResetBeforeKernels(),
    GRUResetAfter: GRUResetAfterKernels(),
    SimpleRNN: SimpleRNNKernels(),
}


class Kept(NamedTuple):
    """What the derivative reads of the steps, each `(batch, time, units)`.

    Attributes:
        outputs: After every step.
        carries: Cell states before every step, if the unit has some.
        activations: Those that the equations hand out.
    """

    outputs: Tensor
    carries: Tensors
    activations: Tensors


class GPULoop(HandWrittenLoop):
    """Takes all steps of some sequences in one kernel, forward and backward.

    The inputs are projected before it, and the weight gradients are formed after it, in
    one product each.
    """

    name: ClassVar[LoopName] = "gpu"

    @classmethod
    def refusal(cls, equations: Equations, dtype: str) -> str | None:
        return (
            refusal(equations, dtype)
            or choice.missing()
            or super().refusal(equations, dtype)
        )

    @classmethod
    def reason(cls, refusals: list[str]) -> str:
        return (
            f"{KNOWN}, and {SWITCH}=1 asks for the experimental loops for GPUs. "
            f"{choice.RULE}"
        )

    @classmethod
    def takes(cls, operands: Operands) -> bool:
        return choice.takes(operands)

    def run(
        self,
        operands: Operands,
        *,
        checkpoint_steps: int | None,
        return_sequences: bool,
    ) -> tuple[Tensors, Tensor]:
        if checkpoint_steps is None and choice.is_cudnns(operands):
            return cudnn.run(operands)
        return super().run(
            operands,
            checkpoint_steps=checkpoint_steps,
            return_sequences=return_sequences,
        )

    def forward(self, operands: Operands, save: bool) -> tuple[Tensors, Any]:
        with _exact(operands.inputs.dtype):
            projected = project(operands.inputs, operands.projection)
            run = _on_gpu(
                lambda given: self._forward(given, save),
                lambda given: self._forward_by_scan(given, save),
            )
            finals, kept = run(operands._replace(inputs=projected, projection=()))
        return (kept.outputs, *finals), (operands, kept)

    def backward(self, residuals: Any, gradients: Tensors, to_inputs: bool) -> Any:
        operands, kept = residuals
        mask = operands.dropout_mask
        with _exact(kept.outputs.dtype):
            # The steps know nothing of what was projected.
            steps = operands._replace(inputs=kept.outputs[..., :0], projection=())
            run = _on_gpu(self._backward, self._backward_by_scan)
            d_projected, d_states = run(steps, kept, gradients)
            before = jnp.concatenate(
                [operands.states[0][:, None], kept.outputs[:, :-1]], axis=1
            )
            d_weights = self.equations.weight_gradients(
                d_projected,
                kept.activations,
                (before, *kept.carries),
                operands.weights,
                None if mask is None else mask[:, None],
            )
            d_inputs, d_projection = projection_gradients(
                operands, d_projected, to_inputs
            )
        return d_inputs, d_states, d_projection, d_weights

    @property
    def _unit(self) -> UnitKernels:
        return KERNELS[type(self.equations)]

    def _forward(self, steps: Operands, save: bool) -> tuple[Tensors, Kept]:
        unit = self._unit
        found = launch.forward(unit, steps, save)
        carries = (found["carries"],) if "carries" in found else ()
        activations = tuple(found[name] for name in unit.kept) if save else ()
        kept = Kept(found["outputs"], carries, activations)
        return self._states(found, "", steps), kept

    def _backward(
        self, steps: Operands, kept: Kept, gradients: Tensors
    ) -> tuple[Tensor, Tensors]:
        unit = self._unit
        named = dict(zip(unit.kept, kept.activations, strict=True))
        named |= dict(zip(("carries",), kept.carries, strict=False))
        named["outputs"] = kept.outputs
        found = launch.backward(unit, steps, named, gradients)
        return found["d_projected"], self._states(found, "d_", steps)

    def _states(
        self, found: dict[str, Tensor], prefix: str, steps: Operands
    ) -> Tensors:
        return tuple(
            found[prefix + name].astype(state.dtype)
            for name, state in zip(self._unit.states, steps.states, strict=True)
        )

    def _forward_by_scan(self, steps: Operands, save: bool) -> tuple[Tensors, Kept]:
        loop = ScannedLoop(self.equations)
        (outputs, *finals), (_, _, kept) = loop.forward(steps, save)
        kept = tuple(map(_turned, kept))
        carries = len(finals) - 1 if save else 0
        return tuple(finals), Kept(outputs, kept[:carries], kept[carries:])

    def _backward_by_scan(
        self, steps: Operands, kept: Kept, gradients: Tensors
    ) -> tuple[Tensor, Tensors]:
        by_step = map(_turned, (*kept.carries, *kept.activations))
        residuals = (steps.by_step(), _turned(kept.outputs), tuple(by_step))
        loop = ScannedLoop(self.equations)
        d_projected, d_states, *_ = loop.backward(residuals, gradients, True)
        return d_projected, d_states


def _turned(x: Tensor) -> Tensor:
    """Time before the batch, or the other way round."""
    return jnp.swapaxes(x, 0, 1)


def _exact(dtype: Any) -> AbstractContextManager[Any]:
    """A context in which products of float32 are, unless somebody asked for less."""
    if dtype != jnp.float32 or launch.is_rounded():
        return nullcontext()
    return jax.default_matmul_precision("float32")


def _on_gpu(
    kernel: Callable[..., Any], scanned: Callable[..., Any]
) -> Callable[..., Any]:
    """The kernel, or what computes the same where it cannot.

    That is on other devices, and where the derivative itself is to be differentiated.
    """
    is_interpreted = launch.is_interpreted()

    @jax.custom_jvp
    def function(*arguments: Any) -> Any:
        if is_interpreted:
            return kernel(*arguments)
        return lax.platform_dependent(*arguments, cuda=kernel, default=scanned)

    @function.defjvp
    def derivative(arguments: Any, tangents: Any) -> Any:
        return function(*arguments), jax.jvp(scanned, arguments, tangents)[1]

    return function
