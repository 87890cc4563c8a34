"""What a check is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from keras_gated.testing._subject import Subject

Tier = Literal["quick", "exhaustive"]


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
    function: Callable[[Subject], None]
    tier: Tier = "quick"


class NotApplicable(Exception):
    """Raised by a check of something that a layer does not offer; says what it lacks.

    Examples:
        >>> from keras_gated.testing import NotApplicable
        >>> str(NotApplicable("takes no seed"))
        'takes no seed'
    """
