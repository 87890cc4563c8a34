"""Layers with arguments that not every layer takes."""

from typing import Any

from keras_gated.testing._subject import Subject
from keras_gated.testing.check import NotApplicable


def made_with(subject: Subject, **arguments: Any) -> Any:
    """A layer with these arguments, if it takes them."""
    try:
        return subject.make(**arguments)
    except (TypeError, ValueError) as error:
        raise NotApplicable(f"refuses {', '.join(arguments)}: {error}") from error
