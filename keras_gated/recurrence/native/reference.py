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
    if call.kind.has_carry:
        before, *kept = kept
        found["last_carry"] = finals[1]
        after = ops.concatenate([before[1:], ops.expand_dims(finals[1], 0)], axis=0)
        found["carries"] = after
    if kept:
        found["kept"] = ops.concatenate(kept, axis=-1)
    return found


def _backward(call: Call, given: dict[str, Tensor]) -> dict[str, Tensor]:
    loop, operands = ScannedLoop(call.kind.equations), _operands(call, given)
    carries: Tensors = ()
    d_finals: Tensors = (given["d_last_output"],)
    if call.kind.has_carry:
        carries = (shifted(given["carries"], given["first_carry"]),)
        d_finals = (*d_finals, given["d_last_carry"])
    activations: Any = ()
    if loop.equations.activations:
        activations = ops.split(given["kept"], loop.equations.activations, axis=-1)
    outputs = ops.swapaxes(given["outputs"], 0, 1)
    d_inputs, d_states, d_projection, d_weights = loop.backward(
        (operands.by_step(), outputs, (*carries, *activations)),
        (given["d_outputs"], *d_finals),
        to_inputs=True,
    )
    return {
        "d_inputs": d_inputs,
        "d_first_output": d_states[0],
        "d_first_carry": d_states[-1],
        "d_kernel": d_projection[0],
        "d_bias": d_projection[-1],
        "d_recurrent_kernel": ops.concatenate(call.kind.kernels(d_weights), axis=-1),
        "d_recurrent_bias": d_weights[-1],
        "d_peepholes": d_weights[-1],
    }


def _operands(call: Call, given: dict[str, Tensor]) -> Operands:
    kernels = call.kind.split(given["recurrent_kernel"])
    others = (given.get("recurrent_bias"), given.get("peepholes"))
    return Operands(
        given["inputs"],
        present(given["first_output"], given.get("first_carry")),
        present(given["kernel"], given.get("bias")),
        (*kernels, *present(*others)),
        given.get("valid"),
        given.get("dropout_mask"),
    )
