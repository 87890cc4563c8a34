"""The one place where a loop is chosen."""

import keras

from keras_gated.recurrence._differentiated import DifferentiatedLoop
from keras_gated.recurrence._scanned import ScannedLoop
from keras_gated.recurrence.equations import Equations
from keras_gated.recurrence.experimental import gpu_loops_enabled
from keras_gated.recurrence.loop import Loop
from keras_gated.recurrence.native import NativeLoop
from keras_gated.recurrence.operands import Operands
from keras_gated.recurrence.path import Path


def _in_place() -> tuple[type[Loop], ...]:
    if keras.backend.backend() != "torch":
        return ()
    from keras_gated.recurrence._torch_loops import InPlaceLoop

    return (InPlaceLoop,)


def _for_gpus() -> tuple[type[Loop], ...]:
    """The experimental loops, if they are turned on."""
    if not gpu_loops_enabled():
        return ()
    match keras.backend.backend():
        case "jax":
            from keras_gated.recurrence import _jax_gpu

            return (_jax_gpu.GPULoop,)
        case "torch":
            from keras_gated.recurrence import _torch_gpu

            return (_torch_gpu.GPULoop,)
    return ()


LOOPS: tuple[type[Loop], ...] = (
    NativeLoop,
    *_in_place(),
    ScannedLoop,
    DifferentiatedLoop,
)
"""The fastest first; the last one runs everything."""


def path_for(equations: Equations, dtype: str = "float32") -> Path:
    """The loop that equations take, but for calls that it leaves to one behind it.

    Args:
        equations: Those of a step, with the activations that they have.
        dtype: The name of the type that the layer computes in.
    """
    refusals: list[str] = []
    for loop in (*_for_gpus(), *LOOPS):
        refusal = loop.refusal(equations, dtype)
        if refusal is None:
            return Path(loop.name, loop.reason(refusals))
        refusals.append(refusal)
    raise AssertionError(f"{LOOPS[-1].__name__} runs everything.")


def loop_for(equations: Equations, operands: Operands) -> Loop:
    """The loop of a call."""
    dtype = keras.backend.standardize_dtype(operands.inputs.dtype)
    return next(
        loop(equations)
        for loop in (*_for_gpus(), *LOOPS)
        if loop.refusal(equations, dtype) is None and loop.takes(operands)
    )
