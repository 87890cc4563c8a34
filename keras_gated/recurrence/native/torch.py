"""The C++ loops as an operator of PyTorch, which hands over addresses in memory."""

import math
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any, NamedTuple

import torch

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence.native import library
from keras_gated.recurrence.native.call import Call, Direction
from keras_gated.recurrence.operands import Operands


@torch.compiler.assume_constant_result
def missing() -> str | None:
    """Why the loops cannot be used in this process; None if they can.

    `torch.compile` asks once, it cannot look for files itself.
    """
    return library.missing(library.LOOPS)


def on_this_device(operands: Operands) -> bool:
    """Whether the tensors are where the loops work.

    An exported program is to run without this package.
    """
    return operands.inputs.device.type == "cpu" and not torch.compiler.is_exporting()


def run(call: Call, arrays: Tensors) -> Tensors:
    """Runs a loop over the arrays that the call reads; gives those that it writes."""
    loop = torch.ops.keras_gated.loop
    return tuple(loop(call.direction, call.unit, call.reads, arrays, call.writes))


def _run(
    direction: Direction,
    unit: int,
    reads: list[str],
    arrays: list[Tensor],
    writes: list[str],
) -> list[Tensor]:
    call = _checked(direction, unit, tuple(reads), tuple(writes))
    frame, shapes = _framed(call, tuple((x.shape, x.dtype, x.device) for x in arrays))
    like = arrays[call.reads.index("recurrent_kernel")]
    # Whatever the mode, autograd may take them as they are.
    with torch.inference_mode(False):
        results = [like.new_empty(shape) for shape in shapes]
    arrays = [x.contiguous() for x in arrays]
    frame.run([x.data_ptr() for x in (*arrays, *results)], torch.get_num_threads())
    return results


_checked = cache(Call)
"""The calls that there were, of which a model has a few."""


class _Like(NamedTuple):
    """What a call has to know of a tensor beside its numbers."""

    shape: torch.Size
    dtype: torch.dtype
    device: torch.device


@lru_cache(maxsize=1024)
def _framed(
    call: Call, arrays: tuple[tuple[torch.Size, torch.dtype, torch.device], ...]
) -> tuple[library.Frame, list[tuple[int, ...]]]:
    """The call of the library for tensors like these, and the shapes of its results."""
    given = [_Like(*array) for array in arrays]
    _check_devices(given)
    sizes = call.sizes(given)
    shapes = call.write_shapes(sizes)
    number = given[call.reads.index("recurrent_kernel")].dtype
    arrays_by_name = {
        name: _in_memory(tuple(shape), dtype)
        for name, shape, dtype in (
            *((n, x.shape, x.dtype) for n, x in zip(call.reads, given, strict=True)),
            *((n, shape, number) for n, shape in zip(call.writes, shapes, strict=True)),
        )
    }
    return library.Frame(call.direction, call.unit, sizes, arrays_by_name), shapes


def _in_memory(shape: tuple[int, ...], dtype: torch.dtype) -> library.Array:
    """A contiguous tensor, wherever it is."""
    name = str(dtype).removeprefix("torch.")
    return library.Array(name, 0, math.prod(shape) * dtype.itemsize, shape)


def _fake(
    direction: Direction,
    unit: int,
    reads: list[str],
    arrays: list[Tensor],
    writes: list[str],
) -> list[Tensor]:
    call = Call(direction, unit, tuple(reads), tuple(writes))
    _check_devices(arrays)
    like = arrays[call.reads.index("recurrent_kernel")]
    return [like.new_empty(shape) for shape in call.write_shapes(call.sizes(arrays))]


def _check_devices(arrays: Iterable[Any]) -> None:
    devices = {str(array.device) for array in arrays}
    if len(devices) > 1:
        raise ValueError(
            "The arrays of a C++ loop must all be on the same device. Received some on "
            f"{' and '.join(sorted(devices))}."
        )


torch.library.define(
    "keras_gated::loop",
    "(str direction, int unit, str[] reads, Tensor[] arrays, str[] writes) -> Tensor[]",
)
torch.library.impl("keras_gated::loop", "cpu")(_run)
torch.library.register_fake("keras_gated::loop")(_fake)
