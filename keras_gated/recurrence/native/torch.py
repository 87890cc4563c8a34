"""The C++ loops as an operator of PyTorch, which hands over addresses in memory."""

import torch

from keras_gated.recurrence.native import library
from keras_gated.recurrence.native.call import Call, Direction
from keras_gated.recurrence.operands import Operands
from keras_gated.types import Tensor, Tensors


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
    arrays = [array.contiguous() for array in arrays]
    results = _empty(call, arrays)
    named = zip((*reads, *writes), (*arrays, *results), strict=True)
    library.run(
        direction,
        unit,
        call.sizes(arrays),
        {name: array.data_ptr() for name, array in named},
        torch.get_num_threads(),
    )
    return results


def _fake(
    direction: Direction,
    unit: int,
    reads: list[str],
    arrays: list[Tensor],
    writes: list[str],
) -> list[Tensor]:
    return _empty(Call(direction, unit, tuple(reads), tuple(writes)), arrays)


def _empty(call: Call, arrays: list[Tensor]) -> list[Tensor]:
    like = arrays[call.reads.index("recurrent_kernel")]
    return [like.new_empty(shape) for shape in call.write_shapes(arrays)]


torch.library.define(
    "keras_gated::loop",
    "(str direction, int unit, str[] reads, Tensor[] arrays, str[] writes) -> Tensor[]",
)
torch.library.impl("keras_gated::loop", "cpu")(_run)
torch.library.register_fake("keras_gated::loop")(_fake)
