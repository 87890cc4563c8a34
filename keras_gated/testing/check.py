"""What a check is, and the tables that checks register themselves in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from keras_gated.testing._subject import Subject

Tier = Literal["quick", "exhaustive"]

Function: TypeAlias = Callable[[Subject], None]


@dataclass(frozen=True)
class Check:
    """One thing that a layer must do.

    Attributes:
        name: Its name in `CHECKS` or `WRAPPER_CHECKS`.
        description: What must hold, in a sentence.
        function: Does the check. It raises an `AssertionError` if the layer fails, and
            `NotApplicable` if it lacks what the check needs.
        tier: `"quick"` takes a fraction of a second, `"exhaustive"` some seconds.
    """

    name: str
    description: str
    function: Function
    tier: Tier = "quick"


CHECKS: dict[str, Check] = {}
"""The checks of `check_recurrent_layer` by name, in the order in which they run."""

WRAPPER_CHECKS: dict[str, Check] = {}
"""The checks of `check_weight_wrapper` by name, in the order in which they run."""


def layer_check(
    description: str, tier: Tier = "quick"
) -> Callable[[Function], Function]:
    """Registers the function below it in `CHECKS`, under its own name."""
    return _registered(CHECKS, description, tier)


def wrapper_check(
    description: str, tier: Tier = "quick"
) -> Callable[[Function], Function]:
    """Registers the function below it in `WRAPPER_CHECKS`, under its own name."""
    return _registered(WRAPPER_CHECKS, description, tier)


def _registered(
    table: dict[str, Check], description: str, tier: Tier
) -> Callable[[Function], Function]:
    def register(function: Function) -> Function:
        name = function.__name__.replace("_", "-")
        if name in table:
            raise ValueError(f"There are two checks of the name {name!r}.")
        table[name] = Check(name, description, function, tier)
        return function

    return register


class NotApplicable(Exception):
    """Raised by a check of something that a layer does not offer; says what it lacks.

    Examples:
        >>> from keras_gated.testing import NotApplicable
        >>> str(NotApplicable("takes no seed"))
        'takes no seed'
    """
