"""Which loop runs a layer, and why."""

from dataclasses import dataclass
from typing import Literal

import keras

from keras_gated.recurrence.units import HandWrittenUnit, Unit


@dataclass(frozen=True)
class Path:
    """The loop that runs a layer over time.

    Attributes:
        name: `"hand-written"` is the fast loop, whose derivative is written by hand;
            `"generic"` is the one that the backend differentiates.
        reason: Why it is this one.
    """

    name: Literal["hand-written", "generic"]
    reason: str

    @property
    def is_hand_written(self) -> bool:
        return self.name == "hand-written"


def path_for(unit: Unit) -> Path:
    """The path of a unit with the activations that it has."""
    if not isinstance(unit, HandWrittenUnit):
        return Path(
            "generic",
            f"The backend differentiates the loop, because {type(unit).__name__} has "
            "no derivative by hand.",
        )
    strangers = [
        f"{argument}={keras.activations.serialize(given)!r} is not "
        + " or ".join(repr(activation.__name__) for activation in known)
        for argument, given, known in unit.known_activations
        if given not in known
    ]
    if strangers:
        return Path(
            "generic",
            f"The backend differentiates the loop, because {' and '.join(strangers)}.",
        )
    return Path("hand-written", "All activations are those with a derivative by hand.")
