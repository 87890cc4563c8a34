"""Which loop runs a layer, and why."""

from dataclasses import dataclass
from typing import Literal

import keras

from keras_gated.recurrence import native
from keras_gated.recurrence.backend import sigmoid, tanh
from keras_gated.recurrence.units import HandWrittenUnit, Unit


@dataclass(frozen=True)
class Path:
    """The loop that runs a layer over time.

    Attributes:
        name: `"native"` is the loop in C++, for float32 on a CPU; `"hand-written"` the
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
    if not isinstance(unit, HandWrittenUnit):
        return Path(
            "generic",
            f"The backend differentiates the loop, because {type(unit).__name__} has "
            "no derivative by hand.",
        )
    strangers = [
        f"{argument}={keras.activations.serialize(given)!r} is not {name!r}"
        for argument, given, known, name in (
            ("activation", unit.activation, tanh, "tanh"),
            ("recurrent_activation", unit.recurrent_activation, sigmoid, "sigmoid"),
        )
        if given is not known
    ]
    if strangers:
        return Path(
            "generic",
            f"The backend differentiates the loop, because {' and '.join(strangers)}.",
        )
    reason = "All activations are those with a derivative by hand"
    refusal = native.refusal(unit, dtype)
    if refusal:
        return Path("hand-written", f"{reason}; {refusal}.")
    return Path("native", f"{reason}, and the C++ loop is there. {native.RULE}")
