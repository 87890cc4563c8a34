"""The start of a kernel, on a GPU or interpreted on a CPU."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax
from jax.experimental import pallas as pl
from jax.experimental.pallas import triton

from keras_gated._types import Tensor
from keras_gated.recurrence._jax_gpu.program import ROWS, Program
from keras_gated.recurrence._jax_gpu.unit import UnitKernels
from keras_gated.recurrence.operands import Operands

WARPS = 4
STAGES = 2
"""How many tiles of weights are under way at a time, one of them in use."""

ROUNDED = {
    "BF16_BF16_F32",
    "TF32_TF32_F32",
    "bfloat16",
    "default",
    "fastest",
    "high",
    "tensorfloat32",
}
"""Names of precisions that ask for fewer digits of the factors than float32 has."""

_interpreted = ContextVar("interpreted", default=False)


@contextmanager
def interpreted() -> Iterator[None]:
    """Runs the kernels of what is called, or compiled, inside by Pallas' interpreter.

    It needs no GPU, and takes some thousand times as long.
    """
    token = _interpreted.set(True)
    try:
        yield
    finally:
        _interpreted.reset(token)


def is_interpreted() -> bool:
    """Whether kernels are interpreted."""
    return _interpreted.get()


def is_rounded() -> bool:
    """Whether somebody asked for products of fewer digits than float32 has.

    JAX's own default on a GPU is TF32; here one has to ask for it.
    """
    return jax.config.jax_default_matmul_precision in ROUNDED


def forward(unit: UnitKernels, operands: Operands, save: bool) -> dict[str, Tensor]:
    """Runs all steps over projected inputs; all that the kernel writes."""
    batch, steps, _ = operands.inputs.shape
    units, dtype = operands.states[0].shape[-1], operands.inputs.dtype
    of_steps = ["outputs"]
    if save:
        of_steps += [*unit.kept, *(["carries"] if "carry" in unit.states else [])]
    firsts = (f"first_{name}" for name in unit.states)
    return _run(
        unit.forward,
        {
            "projected": operands.inputs,
            **dict(zip(firsts, operands.states, strict=True)),
            **_shared(unit, operands),
        },
        {
            **{name: _empty(dtype, batch, steps, units) for name in of_steps},
            **{name: _empty("float32", batch, 2 * units) for name in unit.states},
            "seen": _empty(dtype, batch, 2 * units),
            **{name: _empty(dtype, batch, units) for name in unit.forward_memory},
        },
        (batch, steps, units),
    )


def backward(
    unit: UnitKernels, operands: Operands, given: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    """The derivative, from what was kept and the gradients of outputs and states."""
    batch, steps, units = given["outputs"].shape
    dtype = given["outputs"].dtype
    results = {
        "d_projected": _empty(dtype, batch, steps, unit.blocks * units),
        **{f"d_{name}": _empty("float32", batch, 2 * units) for name in unit.states},
        **{name: _empty(dtype, batch, units) for name in unit.backward_memory},
    }
    reads = {"first_output": operands.states[0], **given, **_shared(unit, operands)}
    return _run(unit.backward, reads, results, (batch, steps, units))


def _shared(unit: UnitKernels, operands: Operands) -> dict[str, Tensor]:
    """What both directions read."""
    found = unit.weights(operands.weights)
    if operands.valid is not None:
        found["valid"] = operands.valid.astype(jnp.int32)
    if operands.dropout_mask is not None:
        found["dropout_mask"] = operands.dropout_mask
    return found


def _empty(dtype: Any, *shape: int) -> Any:
    return jax.ShapeDtypeStruct(shape, dtype)


def _run(
    kernel: Callable[[Program], None],
    reads: Mapping[str, Tensor],
    writes: Mapping[str, Any],
    sizes: tuple[int, int, int],
) -> dict[str, Tensor]:
    names = (*reads, *writes)
    precision = lax.Precision.DEFAULT if is_rounded() else lax.Precision.HIGHEST
    on_cpu = is_interpreted()

    def keras_gated_loop(*references: Any) -> None:
        arrays = dict(zip(names, references, strict=True))
        # The interpreter knows the number of the program outside of loops only.
        first = pl.program_id(0) * ROWS
        kernel(Program(arrays, *sizes, first, precision, on_cpu))

    results = pl.pallas_call(
        keras_gated_loop,
        grid=(pl.cdiv(sizes[0], ROWS),),
        out_shape=list(writes.values()),
        interpret=on_cpu,
        compiler_params=triton.CompilerParams(num_warps=WARPS, num_stages=STAGES),
    )(*reads.values())
    return dict(zip(writes, results, strict=True))
