"""How often a kernel is launched for a sequence, and on tiles of what size."""

from contextlib import nullcontext
from typing import Any, NamedTuple

import torch
import triton
import triton.language as tl

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence._torch_gpu.graphs import replayed
from keras_gated.recurrence._torch_gpu.kernels.blocks import INTERPRETED
from keras_gated.recurrence._torch_gpu.precision import is_exact

MOST_BYTES = 2**19
"""More recurrent weights are not read by a few multiprocessors at every step, but by
all of them, who meet where one launch ends. A guess: no card has been asked."""


class Sizes(NamedTuple):
    """How long the axes are."""

    batch: int
    steps: int
    units: int

    @classmethod
    def of(cls, sequences: Tensor, output: Tensor) -> "Sizes":
        """Those of `(batch, time, ...)` and of what has units last."""
        batch, steps, _ = sequences.shape
        return cls(batch, steps, output.shape[-1])


class Plan(NamedTuple):
    """How a kernel runs over a sequence.

    Attributes:
        whole: Whether one launch takes all steps, each of its programs for a tile of
            the sequences. Else each step is a launch, in which a program has a tile of
            the units, too.
        rows: Sequences of a tile.
        columns: Units of a tile.
        depth: Numbers that a product takes at a time.
        warps: Groups of 32 threads of a program.
        stages: How many of these takes are on their way at a time.
    """

    whole: bool
    rows: int
    columns: int
    depth: int
    warps: int
    stages: int


def plan(sizes: Sizes, weights: Tensors) -> Plan:
    """The plan for a layer with these recurrent weights."""
    read = sum(weight.numel() * weight.element_size() for weight in weights)
    if read > MOST_BYTES:
        rows = 16 if sizes.batch <= 32 else 32
        return Plan(False, rows, columns=32, depth=32, warps=4, stages=3)
    if sizes.units > 32:
        return Plan(True, 16, columns=64, depth=32, warps=8, stages=3)
    return Plan(True, 16, columns=32, depth=32, warps=4, stages=3)


def sweep(
    kernel: Any,
    written: Tensors,
    read: Tensors,
    sizes: Sizes,
    chosen: Plan,
    *,
    phases: tuple[int, ...] = (),
    **constants: Any,
) -> None:
    """Runs a kernel over all steps.

    Args:
        kernel: One of those of the units.
        written: The tensors that it takes first; it may read them, too.
        read: Those that it takes then.
        sizes: How many sequences, steps and units.
        chosen: The plan.
        phases: What a step falls into that has launches of its own.
        constants: What the kernel is compiled for besides.
    """
    settings = {**constants, **_compiled_for(written[0], chosen)}

    def launch(tensors: Tensors) -> None:
        tiles = triton.cdiv(sizes.batch, chosen.rows)
        if chosen.whole:
            phase = {"PHASE": 0} if phases else {}
            kernel[(tiles, 1)](*tensors, 0, sizes.steps, *sizes, **phase, **settings)
            return
        grid = (tiles, triton.cdiv(sizes.units, chosen.columns))
        kinds = [{"PHASE": phase} for phase in phases] or [{}]
        for step in range(sizes.steps):
            for phase in kinds:
                kernel[grid](*tensors, step, step + 1, *sizes, **phase, **settings)

    device = written[0].device
    on_cuda = device.type == "cuda"
    with torch.cuda.device(device) if on_cuda else nullcontext():
        if on_cuda and not chosen.whole:
            key = (kernel, sizes, chosen, str(settings))
            replayed(launch, key, written, read)
        else:
            launch((*written, *read))


def _compiled_for(like: Any, chosen: Plan) -> dict[str, Any]:
    """What is known of a kernel when it is compiled."""
    factor = tl.bfloat16 if like.dtype == torch.bfloat16 else tl.float32
    return {
        # NumPy would multiply the bits of bfloat16.
        "FACTOR": tl.float32 if INTERPRETED else factor,
        "PRECISION": "ieee" if is_exact() else "tf32",
        "ROWS": chosen.rows,
        "COLUMNS": chosen.columns,
        "DEPTH": chosen.depth,
        "num_warps": chosen.warps,
        "num_stages": chosen.stages,
        # Triton 3.10 has another default, and 3.9 warns of it.
        "enable_fp_fusion": True,
    }
