"""The C++ loops in the backend's own operations, for what C++ cannot do.

That is to be differentiated once more, and to be exported.
"""

from typing import Any

from keras import ops

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence._scanned import ScannedLoop, shifted
from keras_gated.recurrence.native.call import Call
from keras_gated.recurrence.operands import Operands, present


def computed_by_backend(call: Call, arrays: Tensors) -> Tensors:
    """What the call writes, given what it reads."""
    given = dict(zip(call.reads, arrays, strict=True))
    compute = _forward if call.direction == "forward" else _backward
    results = compute(call, given)
    return tuple(results[name] for name in call.writes)


def _forward(call: Call, given: dict[str, Tensor]) -> dict[str, Tensor]:
    loop = ScannedLoop(call.kind.equations)
    (outputs, *finals), (_, _, kept) = loop.forward(_operands(call, given), save=True)
    found = {"outputs": outputs, "last_output": finals[0]}
    states, activations = kept[: len(finals) - 1], kept[len(finals) - 1 :]
    last_carry = call.kind.carry(finals)
    if last_carry is not None:
        found["last_carry"] = last_carry
        before: Any = call.kind.carry((outputs, *states))
        after = [before[1:], ops.expand_dims(last_carry, 0)]
        found["carries"] = ops.concatenate(after, axis=0)
    if activations:
        # Those behind them are carried.
        kept_there = activations[: call.kind.blocks.kept]
        found["kept"] = ops.concatenate(kept_there, axis=-1)
    return found


def _backward(call: Call, given: dict[str, Tensor]) -> dict[str, Tensor]:
    loop, operands = ScannedLoop(call.kind.equations), _operands(call, given)
    kind = call.kind
    d_finals = kind.states(given["d_last_output"], given.get("d_last_carry"))
    outputs = ops.swapaxes(given["outputs"], 0, 1)
    _, *after = kind.states(outputs, given.get("carries"))
    before = map(shifted, after, operands.states[1:])
    activations: Any = ()
    if kind.blocks.kept:
        activations = ops.split(given["kept"], kind.blocks.kept, axis=-1)
    # Those behind the cell state are activations, too.
    kept = (*before, *activations, *after[1:])
    d_inputs, d_states, d_projection, d_weights = loop.backward(
        (operands.by_step(), outputs, kept),
        (given["d_outputs"], *d_finals),
        to_inputs=True,
    )
    return {
        "d_inputs": d_inputs,
        "d_first_output": d_states[0],
        "d_first_carry": kind.carry(d_states),
        "d_kernel": d_projection[0],
        "d_bias": d_projection[-1],
        **{f"d_{name}": d for name, d in kind.arrays(d_weights).items()},
    }


def _operands(call: Call, given: dict[str, Tensor]) -> Operands:
    return Operands(
        given["inputs"],
        call.kind.states(given["first_output"], given.get("first_carry")),
        present(given["kernel"], given.get("bias")),
        call.kind.weights(given),
        given.get("valid"),
        given.get("dropout_mask"),
    )
