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

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence._jax_gpu.program import (
    COLUMNS,
    ROWS,
    Program,
    filled,
)
from keras_gated.recurrence._jax_gpu.unit import UnitKernels
from keras_gated.recurrence.operands import Operands

WARPS = 4
STAGES = 3
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
    """Runs all steps over projected inputs: outputs, finals, and what is kept."""
    batch, steps, _ = operands.inputs.shape
    units, dtype = operands.states[0].shape[-1], operands.inputs.dtype
    of_steps = ["outputs"]
    if save:
        of_steps += [*unit.kept, *(["carries"] if "carry" in unit.states else [])]
    found = _run(
        unit.forward,
        {
            "projected": operands.inputs,
            **_named("first", unit, operands.states),
            **_shared(unit, operands),
        },
        {name: jax.ShapeDtypeStruct((batch, steps, units), dtype) for name in of_steps},
        {
            **dict.fromkeys(unit.states, (2, "float32")),
            "seen": (2, dtype),
            **dict.fromkeys(unit.factors, (1, dtype)),
            **dict.fromkeys(unit.forward_memory, (1, "float32")),
        },
        unit.kernels(operands.weights),
        (batch, steps, units),
    )
    for name in unit.states:
        found[name] = _place(found[name], steps % 2, (batch, units))
    return found


def backward(
    unit: UnitKernels,
    operands: Operands,
    kept: Mapping[str, Tensor],
    gradients: Tensors,
) -> dict[str, Tensor]:
    """The derivative: `d_projected`, and those of the first states."""
    d_outputs, *d_finals = gradients
    batch, steps, units = d_outputs.shape
    dtype = d_outputs.dtype
    columns = unit.blocks * units
    found = _run(
        unit.backward,
        {
            **kept,
            "d_outputs": d_outputs,
            **_named("d_last", unit, tuple(d_finals)),
            **_named("first", unit, operands.states),
            **_shared(unit, operands),
        },
        {"d_projected": jax.ShapeDtypeStruct((batch, steps, columns), dtype)},
        {
            **{f"d_{name}": (2, "float32") for name in unit.states},
            "d_sums": (unit.blocks, dtype),
            **dict.fromkeys(unit.backward_memory, (1, "float32")),
        },
        unit.kernels(operands.weights),
        (batch, steps, units),
    )
    for name in unit.states:
        found[f"d_{name}"] = _place(found[f"d_{name}"], 0, (batch, units))
    return found


def _named(prefix: str, unit: UnitKernels, states: Tensors) -> dict[str, Tensor]:
    names = (f"{prefix}_{name}" for name in unit.states)
    return dict(zip(names, states, strict=True))


def _shared(unit: UnitKernels, operands: Operands) -> dict[str, Tensor]:
    """What both directions read besides the kernels."""
    found = {name: x.reshape(-1) for name, x in unit.rows(operands.weights).items()}
    if operands.valid is not None:
        found["valid"] = operands.valid.astype(jnp.int32)
    if operands.dropout_mask is not None:
        found["dropout_mask"] = operands.dropout_mask
    return found


def _place(states: Tensor, place: int, shape: tuple[int, int]) -> Tensor:
    """One of two places for the states, without what fills it."""
    batch, units = shape
    return jnp.split(states, 2, axis=1)[place][:batch, :units]


def _whole(kernel: Tensor) -> Tensor:
    """A kernel, each part of its columns and its rows filled up with zeros."""
    units, columns = kernel.shape
    parts = kernel.reshape(units, columns // units, units)
    missing = (0, filled(units, COLUMNS) - units)
    return jnp.pad(parts, (missing, (0, 0), missing)).reshape(units + missing[1], -1)


def _run(
    kernel: Callable[[Program], None],
    reads: Mapping[str, Tensor],
    writes: Mapping[str, Any],
    memory: Mapping[str, tuple[int, Any]],
    kernels: Mapping[str, Tensor],
    sizes: tuple[int, int, int],
) -> dict[str, Tensor]:
    """Starts a kernel; all that it writes.

    Args:
        kernel: What a program does.
        reads: What it is given.
        writes: Shapes and types of what it is to give.
        memory: Parts and types of what it needs besides.
        kernels: Weights of its products.
        sizes: The number of sequences, steps and units.
    """
    batch, _, units = sizes
    rows, width = filled(batch, ROWS), filled(units, COLUMNS)
    given = {**reads, **{name: _whole(x) for name, x in kernels.items()}}
    results = {
        **writes,
        **{
            name: jax.ShapeDtypeStruct((rows, parts * width), dtype)
            for name, (parts, dtype) in memory.items()
        },
    }
    own = frozenset((*kernels, *memory))
    precision = lax.Precision.DEFAULT if is_rounded() else lax.Precision.HIGHEST
    on_cpu = is_interpreted()

    def keras_gated_loop(*references: Any) -> None:
        arrays = dict(zip((*given, *results), references, strict=True))
        # The interpreter knows the number of the program outside of loops only.
        first = pl.program_id(0) * ROWS
        kernel(Program(arrays, own, *sizes, first, precision, on_cpu))

    found = pl.pallas_call(
        keras_gated_loop,
        grid=(rows // ROWS,),
        out_shape=list(results.values()),
        interpret=on_cpu,
        compiler_params=triton.CompilerParams(num_warps=WARPS, num_stages=STAGES),
    )(*given.values())
    return dict(zip(results, found, strict=True))
