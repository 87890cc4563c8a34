"""Which loop runs a layer, and why."""

from dataclasses import dataclass
from typing import Any, Literal

import keras

from keras_gated.recurrence import native
from keras_gated.recurrence._hand_written import backend_loop_of
from keras_gated.recurrence._scanned import ScannedLoop
from keras_gated.recurrence.units import HandWrittenUnit, Unit, Zoneout

TRANSFORMATIONS = {
    "torch": " Under torch.func, in forward mode, and where a gradient is to be "
    "differentiated again or comes in batches, PyTorch differentiates the generic loop "
    "in its place."
}
"""Where a backend takes the generic loop of a unit that has a derivative by hand."""


@dataclass(frozen=True)
class Path:
    """The loop that runs a layer over time.

    Attributes:
        name: `"native"` is the loop in C++, on a CPU; `"hand-written"` the
            one in the backend's operations, whose derivative is written by hand, too;
            `"generic"` the one that the backend differentiates.
        reason: Why it is this one.
    """

    name: Literal["native", "hand-written", "generic"]
    reason: str

    @property
    def is_hand_written(self) -> bool:
        return self.name != "generic"


def path_for(unit: Unit, dtype: str = "float32") -> Path:
    """The path of a unit with the activations that it has.

    Args:
        unit: The equations of a step.
        dtype: The name of the type that the layer computes in.
    """
    inside = unit.unit if isinstance(unit, Zoneout) else unit
    if not isinstance(inside, HandWrittenUnit):
        return Path(
            "generic",
            f"The backend differentiates the loop, because {type(inside).__name__} has "
            "no derivative by hand.",
        )
    strangers = [
        f"{argument}={keras.activations.serialize(given)!r} is not "
        + " or ".join(repr(activation.__name__) for activation in known)
        for argument, given, known in inside.known_activations
        if given not in known
    ]
    if strangers:
        return Path(
            "generic",
            f"The backend differentiates the loop, because {' and '.join(strangers)}.",
        )
    reason = "All activations are those with a derivative by hand"
    refusal = native.refusal(unit, dtype)
    otherwise = TRANSFORMATIONS.get(keras.backend.backend(), "")
    if refusal:
        in_place = _not_in_place(unit)
        return Path("hand-written", f"{reason}; {refusal}.{in_place}{otherwise}")
    reason = f"{reason}, and the C++ loop is there. {native.RULE}{otherwise}"
    return Path("native", reason)


def _not_in_place(unit: Any) -> str:
    """Why PyTorch does not take its faster loop for a unit, if that is so."""
    on_torch = keras.backend.backend() == "torch"
    if not on_torch or not isinstance(backend_loop_of(unit), ScannedLoop):
        return ""
    if isinstance(unit, Zoneout):
        cause = "zoneout"
    elif unit.dropout_form != "gal":
        cause = f"recurrent_dropout_form={unit.dropout_form!r}"
    else:
        cause = type(unit).__name__
    return f" PyTorch runs it without the loops in place, which lack {cause}."
