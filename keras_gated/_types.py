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

Tensors: TypeAlias = tuple[Tensor, ...]

Body: TypeAlias = Callable[[Tensors, Tensors], tuple[Tensors, Tensors]]
"""One step of a loop: states and inputs of the step to the next states and outputs."""

Forward: TypeAlias = Callable[
    [Tensors, tuple[Tensor | None, ...], bool],
    tuple[Tensors, tuple[Tensor | None, ...]],
]
"""A function of arguments and constants to its results and, if the flag says that a
derivative may be asked for, the residuals that it needs."""

Backward: TypeAlias = Callable[..., Tensors]
"""The derivative: residuals and gradients of the results to those of the arguments.

A third argument says whether that of the first argument is wanted; it is by default."""

Differentiable: TypeAlias = Callable[[Tensors, tuple[Tensor | None, ...]], Tensors]
"""The function of arguments and constants, in operations that the backend
differentiates, as often as is wanted."""
