"""Which loop runs a layer, and why."""

from dataclasses import dataclass

from keras_gated.recurrence.loop import LoopName


@dataclass(frozen=True)
class Path:
    """The loop that runs a layer over time.

    Attributes:
        name: `"native"` is the loop in C++, on a CPU; `"hand-written"` the
            one in the backend's operations, whose derivative is written by hand, too;
            `"generic"` the one that the backend differentiates; `"gpu"` the
            experimental one in kernels for GPUs.
        reason: Why it is this one.
    """

    name: LoopName
    reason: str

    @property
    def is_hand_written(self) -> bool:
        return self.name != "generic"
