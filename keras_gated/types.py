"""Names for the types that appear in signatures of this package."""

from collections.abc import Callable
from typing import Any, TypeAlias

Tensor: TypeAlias = Any
"""A tensor of the active Keras backend."""

Shape: TypeAlias = tuple[int | None, ...]
"""A shape whose unknown dimensions are `None`."""

ActivationLike: TypeAlias = str | Callable[[Tensor], Tensor] | None
InitializerLike: TypeAlias = Any
RegularizerLike: TypeAlias = Any
ConstraintLike: TypeAlias = Any

Body: TypeAlias = Callable[[tuple[Tensor, ...], tuple[Tensor, ...]], tuple[Tensor, ...]]
"""One step of a loop over time: states and inputs of the step to the next states."""

Step: TypeAlias = Callable[[Tensor, tuple[Tensor, ...]], tuple[Tensor, ...]]
"""One step of a cell: projected inputs and states to the next states."""
