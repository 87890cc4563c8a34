"""The C++ loops in the backend's own operations, for what C++ cannot do.

That is to be differentiated once more, and to be exported.
"""

from typing import Any

from keras import ops

from keras_gated.recurrence.native.call import Call
from keras_gated.recurrence.operands import Operands
from keras_gated.recurrence.scanned import ScannedLoop, shifted
from keras_gated.recurrence.units import LSTM, GRUResetBefore
from keras_gated.recurrence.units.unit import sum_gradient
from keras_gated.types import Tensor, Tensors


def computed_by_backend(call: Call, arrays: Tensors) -> Tensors:
    """What the call writes, given what it reads."""
    given = dict(zip(call.reads, arrays, strict=True))
    compute = _forward if call.direction == "forward" else _backward
    results = compute(call, given)
    return tuple(results[name] for name in call.writes)


def _forward(call: Call, given: dict[str, Tensor]) -> dict[str, Tensor]:
    loop = ScannedLoop(call.kind.unit())
    operands = _operands(call, given, given["projected"])
    (outputs, *finals), (_, _, kept) = loop.forward(operands, save=True)
    found = {"outputs": outputs}
    if call.kind.unit is LSTM:
        before, *kept = kept
        found["last_carry"] = finals[1]
        after = ops.concatenate([before[1:], ops.expand_dims(finals[1], 0)], axis=0)
        found["carries"] = after
    if kept:
        found["kept"] = ops.concatenate(kept, axis=-1)
    return found


def _backward(call: Call, given: dict[str, Tensor]) -> dict[str, Tensor]:
    loop, outputs = ScannedLoop(call.kind.unit()), given["outputs"]
    operands = _operands(call, given, outputs)
    carries: Tensors = ()
    d_finals: Tensors = (given["d_last_output"],)
    if call.kind.unit is LSTM:
        carries = (shifted(given["carries"], given["first_carry"]),)
        d_finals = (*d_finals, given["d_last_carry"])
    activations: Any = ()
    if loop.unit.activations:
        activations = ops.split(given["kept"], loop.unit.activations, axis=-1)
    d_projected, d_states, _, d_weights = loop.backward(
        (operands, outputs, (*carries, *activations)),
        (given["d_outputs"], *d_finals),
        to_inputs=True,
    )
    return {
        "d_projected": d_projected,
        "d_first_output": d_states[0],
        "d_first_carry": d_states[-1],
        "d_bias": sum_gradient(d_projected),
        "d_recurrent_bias": d_weights[-1],
        "d_peepholes": d_weights[-1],
    }


def _operands(call: Call, given: dict[str, Tensor], inputs: Tensor) -> Operands:
    kernel = given["recurrent_kernel"]
    kernels: Tensors = (kernel,)
    if call.kind.unit is GRUResetBefore:
        gates = 2 * kernel.shape[0]
        kernels = kernel[:, :gates], kernel[:, gates:]
    others = (given.get("recurrent_bias"), given.get("peepholes"))
    states = (given["first_output"], given.get("first_carry"))
    valid = given.get("valid")
    return Operands(
        inputs,
        tuple(state for state in states if state is not None),
        (),
        (*kernels, *(other for other in others if other is not None)),
        None if valid is None else ops.expand_dims(valid, -1),
        given.get("dropout_mask"),
    )
