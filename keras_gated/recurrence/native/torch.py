"""The C++ loops as an operator of PyTorch, which hands over addresses in memory."""

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
    call = Call(direction, unit, tuple(reads), tuple(writes))
    sizes = call.sizes(arrays)
    results = _empty(call, arrays, sizes)
    arrays = [array.contiguous() for array in arrays]
    named = zip((*reads, *writes), (*arrays, *results), strict=True)
    library.run(
        direction,
        unit,
        sizes,
        {name: _in_memory(array) for name, array in named},
        torch.get_num_threads(),
    )
    return results


def _in_memory(array: Tensor) -> library.Array:
    """A contiguous tensor by its address."""
    return library.Array(
        str(array.dtype).removeprefix("torch."),
        array.data_ptr(),
        array.nbytes,
        tuple(array.shape),
    )


def _fake(
    direction: Direction,
    unit: int,
    reads: list[str],
    arrays: list[Tensor],
    writes: list[str],
) -> list[Tensor]:
    call = Call(direction, unit, tuple(reads), tuple(writes))
    return _empty(call, arrays, call.sizes(arrays))


def _empty(call: Call, arrays: list[Tensor], sizes: dict[str, int]) -> list[Tensor]:
    devices = {str(array.device) for array in arrays}
    if len(devices) > 1:
        raise ValueError(
            "The arrays of a C++ loop must all be on the same device. Received some on "
            f"{' and '.join(sorted(devices))}."
        )
    like = arrays[call.reads.index("recurrent_kernel")]
    return [like.new_empty(shape) for shape in call.write_shapes(sizes)]


torch.library.define(
    "keras_gated::loop",
    "(str direction, int unit, str[] reads, Tensor[] arrays, str[] writes) -> Tensor[]",
)
torch.library.impl("keras_gated::loop", "cpu")(_run)
torch.library.register_fake("keras_gated::loop")(_fake)
