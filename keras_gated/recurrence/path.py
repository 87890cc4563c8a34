"""Which loop runs a layer, and why."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import keras

from keras_gated.types import Tensor


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


def path_for(
    activation: Callable[[Tensor], Tensor],
    recurrent_activation: Callable[[Tensor], Tensor] = keras.activations.sigmoid,
) -> Path:
    """The path of a unit with these activations."""
    strangers = [
        f"{argument}={keras.activations.serialize(given)!r} is not {known.__name__!r}"
        for argument, given, known in (
            ("activation", activation, keras.activations.tanh),
            ("recurrent_activation", recurrent_activation, keras.activations.sigmoid),
        )
        if given is not known
    ]
    if strangers:
        return Path(
            "generic",
            f"The backend differentiates the loop, because {' and '.join(strangers)}.",
        )
    return Path("hand-written", "All activations are those with a derivative by hand.")
