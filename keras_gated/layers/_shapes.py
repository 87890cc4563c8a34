"""Whether what a recurrent layer or cell is called with has the right shapes."""

from collections.abc import Sequence
from typing import Any

import keras

from keras_gated._types import Shape, Tensor


def check_states(
    receiver: keras.layers.Layer, states: Any, batch: Shape, widths: Sequence[int]
) -> None:
    """Raises a `ValueError` unless there is a state `(*batch, width)` of each width.

    Args:
        receiver: The layer or cell that starts from them.
        states: A list of tensors, arrays or shapes, or one of them.
        batch: The sizes of all axes but the last; `None` is one that isn't known yet.
        widths: The widths of the states that there must be.
    """
    given = [_shape_of(state) for state in _as_list(states)]
    needed = [(*batch, width) for width in widths]
    if len(given) == len(needed) and all(map(_may_be, given, needed)):
        return
    raise ValueError(
        f"{_named(receiver)} starts from {len(needed)} "
        f"{'states' if len(needed) > 1 else 'state'} (batch, units), here "
        f"{_listed(needed)}. Received {len(given)}: {_listed(given)}."
    )


def check_step(
    cell: keras.layers.Layer, inputs: Tensor, states: Sequence[Tensor], kernel: Tensor
) -> None:
    """Raises a `ValueError` unless a cell can make a step from these tensors."""
    given, features = tuple(inputs.shape), kernel.shape[0]
    if not given or given[-1] not in (features, None):
        raise ValueError(
            f"{_named(cell)} was built for inputs (batch, features) with {features} "
            f"features. Received inputs of the shape {given}."
        )
    check_states(cell, states, given[:-1], _state_sizes(cell))


def check_mask(cell: keras.layers.Layer, mask: Tensor | None, like: Tensor) -> None:
    """Raises a `ValueError` unless a dropout mask that a cell keeps fits a step."""
    if mask is not None and not _may_be(tuple(mask.shape), tuple(like.shape)):
        raise ValueError(
            f"{_named(cell)} keeps its dropout masks until reset_masks() is called, "
            "which begins another batch of sequences. Received a step of the shape "
            f"{tuple(like.shape)} after one of the shape {tuple(mask.shape)}."
        )


def _state_sizes(cell: Any) -> tuple[int, ...]:
    """The widths of a cell's states."""
    sizes = cell.state_size
    return tuple(sizes) if isinstance(sizes, (list, tuple)) else (sizes,)


def _named(receiver: keras.layers.Layer) -> str:
    return f"{type(receiver).__name__} {receiver.name!r}"


def _as_list(states: Any) -> list[Any]:
    """The states, a single one of which needs no list. A shape is a tuple itself."""
    is_shape = isinstance(states, tuple) and all(
        size is None or isinstance(size, int) for size in states
    )
    nested = isinstance(states, (list, tuple)) and not (states and is_shape)
    return list(states) if nested else [states]


def _shape_of(state: Any) -> Shape | None:
    """The shape of a tensor, or what is one itself; None for anything else."""
    if isinstance(state, tuple):
        return state
    shape = getattr(state, "shape", None)
    return None if shape is None else tuple(shape)


def _may_be(given: Shape | None, needed: Shape) -> bool:
    return (
        given is not None
        and len(given) == len(needed)
        and all(
            None in sizes or sizes[0] == sizes[1]
            for sizes in zip(given, needed, strict=True)
        )
    )


def _listed(shapes: Sequence[Shape | None]) -> str:
    named = ("something without a shape" if s is None else str(s) for s in shapes)
    return ", ".join(named) or "none"
