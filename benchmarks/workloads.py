"""What is measured: the sizes, the units and who takes part."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

BACKENDS = ("jax", "tensorflow", "torch")

GATES = {"lstm": 4, "gru": 3, "gru_after": 3, "tanh": 1}
"""Every unit, with the number of products of the same size in one of its steps."""

UNITS = tuple(GATES)

NUMBERS = {"float32": "float32", "bfloat16": "mixed_bfloat16"}
"""The types of numbers, and the policies of Keras that compute with them."""

DEVICES = ("cpu", "gpu")

PRODUCT = {"cpu": 1024, "gpu": 8192}
"""The size of the square matrices whose product sets the floor, where it is computed.

To launch a small one takes a GPU longer than the product.
"""

Step = Callable[[], object]
"""Something to measure. It comes back when the result is there as a Python value."""

LONG = 4000
"""From so many time steps on, a third of the repeats has to do."""


@dataclass(frozen=True)
class Workload:
    """The sizes of a batch of sequences and of the layer that reads it."""

    batch: int
    steps: int
    features: int
    units: int

    @classmethod
    def parse(cls, text: str) -> "Workload":
        """Reads a name such as `16x64x88->36`.

        Raises:
            ValueError: If it is no such name.
        """
        found = re.fullmatch(r"([1-9]\d*)x([1-9]\d*)x([1-9]\d*)->([1-9]\d*)", text)
        if not found:
            raise ValueError(
                f"{text!r} is no workload. Write BATCHxTIMExFEATURES->UNITS, such as "
                "'16x64x88->36' (in quotes, because of the >)."
            )
        return cls(*map(int, found.groups()))

    @property
    def name(self) -> str:
        return f"{self.batch}x{self.steps}x{self.features}->{self.units}"

    def repeats(self, asked: int) -> int:
        """How often to measure, of how often it was asked."""
        return asked if self.steps < LONG else max(3, asked // 3)

    def training_flops(self, unit: str) -> int:
        """Additions and multiplications in the matrix products of a training step.

        The forward products, those for the gradients of the weights, and those for
        the gradients of the states. Gradients of the inputs are not computed.
        """
        outputs = 2 * self.batch * self.steps * GATES[unit] * self.units
        return 2 * outputs * self.features + 3 * outputs * self.units


WORKLOADS = tuple(
    map(
        Workload.parse,
        (
            "16x64x88->36",
            "8x800x88->36",
            "32x500x20->195",
            "64x128x256->512",
            "32x8000x20->195",
        ),
    )
)
"""Those with 36 and 195 units have the sizes of Chung et al. 2014."""

GROWTH_UNIT = "lstm"
GROWTH_BASE = Workload(batch=16, steps=200, features=20, units=64)
GROWTH_SIZES = {
    "steps": (50, 100, 200, 400, 800),
    "batch": (4, 8, 16, 32, 64),
    "units": (32, 64, 128, 256, 512),
}
"""The sizes that one dimension of the base takes while the others stay."""


def growth_workloads(dimension: str) -> list[Workload]:
    """The workloads along one dimension."""
    return [replace(GROWTH_BASE, **{dimension: n}) for n in GROWTH_SIZES[dimension]]


def contenders(
    unit: str, backend: str, device: str | None = None, masks: bool = False
) -> list[str]:
    """Who is measured for a unit, in the order of their turns.

    Args:
        unit: The recurrent unit.
        backend: That of Keras.
        device: Where, if it was asked for. On a GPU JAX has none but its own cuDNN
            in the process.
        masks: Whether all that take a mask get one, too.
    """
    masked = ["ours, masked"] if unit == "lstm" or masks else []
    keras = ["keras", "keras, masked"] if masks else ["keras"]
    others = [] if (backend, device) == ("jax", "gpu") else ["torch.nn"]
    return ["ours", *masked, *keras, *others]
