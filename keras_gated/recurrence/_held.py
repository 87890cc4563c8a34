"""Masked steps, which leave the states as they were."""

from typing import Any

from keras import ops

from keras_gated._types import Tensor, Tensors


def held(after: Any, before: Any, valid: Tensor | None) -> Tensors:
    """The states after a step, but those before it where `valid` is `False`."""
    if valid is None:
        return tuple(after)
    return tuple(
        ops.where(valid, new, old) for new, old in zip(after, before, strict=True)
    )
