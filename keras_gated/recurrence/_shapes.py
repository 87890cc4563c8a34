"""Whether the arrays of a call fit together."""

from collections.abc import Iterable, Mapping
from typing import Any

from keras import ops

from keras_gated._types import Tensor

AXES = {
    "b": "batch",
    "t": "time",
    "d": "features",
    "h": "units",
    "p": "columns",
    "q": "recurrent columns",
    "r": "recurrent rows",
    "s": "recurrent biases",
    "k": "kept",
    "w": "carry",
    "g": "gates",
}
"""What the letters stand for by which the axes of arrays are named."""


def agreed(
    arrays: Iterable[tuple[str, str, Any]],
    known: Mapping[str, int] | None = None,
    where: str = "a recurrent loop",
) -> dict[str, Any]:
    """How long each axis is, on which all arrays must agree.

    Args:
        arrays: For each its name, a letter of `AXES` for each of its axes, and what has
            its `shape`. A size that is not known yet, `None`, agrees with all.
        known: The lengths of axes that are known beforehand.
        where: Who receives the arrays.

    Raises:
        ValueError: If an array has another number of axes, or another length of one,
            than those before it.
    """
    sizes: dict[str, Any] = dict(known or {})
    for name, axes, array in arrays:
        shape = tuple(array.shape)
        if len(shape) != len(axes) or any(
            size is not None and sizes.get(axis) is not None and sizes[axis] != size
            for axis, size in zip(axes, shape, strict=True)
        ):
            wanted = ", ".join(AXES[axis] for axis in axes)
            needed = ", ".join(str(sizes.get(axis) or "any") for axis in axes)
            raise ValueError(
                f"The {name} of {where} must have the shape ({wanted}), here "
                f"({needed}). Received the shape {shape}."
            )
        for axis, size in zip(axes, shape, strict=True):
            if size is not None or axis not in sizes:
                sizes[axis] = size
    return sizes


def matched(x: Tensor, like: Tensor) -> Tensor:
    """`x`, whose axes but for the last one are as long as those of `like`.

    Where their sizes are not known before the values are, to join nothing to `x` fails
    unless they agree; else a batch of 1 would be repeated in silence.
    """
    if None not in (*x.shape[:-1], *like.shape[:-1]):
        return x
    return ops.concatenate([x, ops.cast(like[..., :0], x.dtype)], axis=-1)
