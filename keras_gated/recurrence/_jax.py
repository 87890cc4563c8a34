"""Loops, derivatives and double-precision operations on JAX."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

import jax
import jax.numpy as jnp
from jax.custom_derivatives import SymbolicZero

from keras_gated._types import Backward, Body, Differentiable, Forward, Tensor

P = ParamSpec("P")
R = TypeVar("R")

matmul = jnp.matmul
tanh = jnp.tanh


def tensordot(a: Tensor, b: Tensor, axes: Any) -> Tensor:
    """The product of two tensors, summed over `axes`, as in `keras.ops.tensordot`.

    XLA takes twice as long to sum over two axes as over one. Merged they would lose a
    batch that is spread over devices, of which there must be one only.
    """
    if axes == ((0, 1), (0, 1)) and jax.device_count() == 1:
        a, b = (jnp.reshape(x, (-1, *x.shape[2:])) for x in (a, b))
        axes = ((0,), (0,))
    return jnp.tensordot(a, b, axes)


def sigmoid(x: Tensor) -> Tensor:
    """The logistic function; XLA computes tanh faster than exp and a division."""
    return 0.5 * jnp.tanh(0.5 * x) + 0.5


def scan(
    body: Body,
    states: tuple[Tensor, ...],
    inputs: tuple[Tensor, ...],
    collected: int,
    reverse: bool = False,
) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
    """Carries `states` through time with `jax.lax.scan`."""
    return jax.lax.scan(body, states, inputs, reverse=reverse)


def own_dtype(tensor: Tensor) -> AbstractContextManager[Any]:
    """A context in which the type of operations is that of their tensors: any."""
    return nullcontext()


def is_recorded() -> bool:
    """Whether a tracer that loses what is written in place is at work: never."""
    return False


def uncompiled(function: Callable[P, R]) -> Callable[P, R]:
    """The function as it is: its loops are compiled as loops."""
    return function


def custom_gradient(
    forward: Forward,
    backward: Backward,
    differentiable: Differentiable,
    arguments: tuple[Tensor, ...],
    constants: tuple[Tensor | None, ...],
    is_native: bool = False,
) -> tuple[Tensor, ...]:
    """Computes `forward` such that its derivative is `backward`.

    JAX differentiates that one itself, without `differentiable`.
    """

    @jax.custom_vjp
    def function(
        arguments: tuple[Tensor, ...], constants: tuple[Tensor | None, ...]
    ) -> tuple[Tensor, ...]:
        return forward(arguments, constants, False)[0]

    def with_residuals(arguments: Any, constants: Any) -> tuple[Any, Any]:
        given = jax.tree.map(lambda primal: primal.value, (arguments, constants))
        results, residuals = forward(given[0], given[1], True)
        return results, (residuals, _Wanted(arguments[0].perturbed))

    def gradient(residuals: Any, gradients: tuple[Any, ...]) -> tuple[Any, None]:
        kept, wanted = residuals
        numbers = (
            jnp.zeros(x.shape, x.dtype) if isinstance(x, SymbolicZero) else x
            for x in gradients
        )
        return backward(kept, tuple(numbers), wanted.first), None

    function.defvjp(with_residuals, gradient, symbolic_zeros=True)
    return function(arguments, constants)


@dataclass(frozen=True)
class _Wanted:
    """Whether somebody wants the gradient of the first argument, which may be dear."""

    first: bool


jax.tree_util.register_static(_Wanted)


def with_batch_size(sequences: Tensor, batch_size: int) -> Tensor:
    """The sequences, whose number is always known here."""
    return sequences


def gradient(function: Callable[..., Tensor]) -> Callable[..., tuple[Tensor, ...]]:
    """The derivative of a scalar `function(arguments, ...)` to its `arguments`.

    They are a tuple; where the function ignores one, its gradient is zero.
    """
    return jax.jit(jax.grad(function))
