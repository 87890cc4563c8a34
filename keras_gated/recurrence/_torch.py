"""Loops, derivatives and double-precision operations on PyTorch."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple, ParamSpec, TypeVar

import torch
from torch.autograd.forward_ad import unpack_dual

from keras_gated._types import Backward, Body, Differentiable, Forward, Tensor

P = ParamSpec("P")
R = TypeVar("R")

matmul = torch.matmul
tanh = torch.tanh
sigmoid = torch.sigmoid


def tensordot(a: Tensor, b: Tensor, axes: Any) -> Tensor:
    """The product of two tensors, summed over `axes`, as in `keras.ops.tensordot`."""
    return torch.tensordot(a, b, dims=axes)


def scan(
    body: Body,
    states: tuple[Tensor, ...],
    inputs: tuple[Tensor, ...],
    collected: int,
    reverse: bool = False,
) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
    """Carries `states` through time, one step after another."""
    steps = list(zip(*(x.unbind(0) for x in inputs), strict=True))
    # What nothing differentiates may be written in place, and is in memory only once.
    in_place = torch.is_inference_mode_enabled() and not is_recorded()
    collection = _Written(len(steps)) if in_place else _Stacked(len(steps))
    times = range(len(steps))
    for time in reversed(times) if reverse else times:
        states, collection[time] = body(states, steps[time])
    return states, collection.stacked()


class _Stacked:
    """The outputs of all steps, put together when they are asked for."""

    def __init__(self, steps: int) -> None:
        self._outputs: list[tuple[Tensor, ...]] = [()] * steps

    def __setitem__(self, time: int, output: tuple[Tensor, ...]) -> None:
        self._outputs[time] = output

    def stacked(self) -> tuple[Tensor, ...]:
        return tuple(map(torch.stack, zip(*self._outputs, strict=True)))


class _Written:
    """The outputs of all steps, each written where it belongs as it comes."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._buffers: tuple[Tensor, ...] = ()

    def __setitem__(self, time: int, output: tuple[Tensor, ...]) -> None:
        if not self._buffers:
            self._buffers = tuple(x.new_empty((self._steps, *x.shape)) for x in output)
        for buffer, x in zip(self._buffers, output, strict=True):
            buffer[time] = x

    def stacked(self) -> tuple[Tensor, ...]:
        return self._buffers


def is_recorded() -> bool:
    """Whether a tracer writes down the operations, for ONNX or TorchScript.

    It loses what is written in place, which the hand-written loops do.
    """
    return torch.jit.is_tracing() or torch.onnx.is_in_onnx_export()


def own_dtype(tensor: Tensor) -> AbstractContextManager[Any]:
    """A context in which `torch.autocast` changes the type of no operation.

    `tensor` says on which device they run.
    """
    device = tensor.device.type
    if torch.amp.is_autocast_available(device) and torch.is_autocast_enabled(device):
        return torch.autocast(device, enabled=False)
    return nullcontext()


def uncompiled(function: Callable[P, R]) -> Callable[P, R]:
    """Has `torch.compile` go around the function: it would unroll the loops in it."""
    disabled: Callable[P, R] = torch.compiler.disable(function)
    return disabled


def custom_gradient(
    forward: Forward,
    backward: Backward,
    differentiable: Differentiable,
    arguments: tuple[Tensor, ...],
    constants: tuple[Tensor | None, ...],
) -> tuple[Tensor, ...]:
    """Computes `forward` such that its derivative is `backward`.

    Both run in inference mode, where an operation costs a sixth less; of their results
    only copies leave it, unless they come from outside. What transforms operations, or
    differentiates the derivative, gets `differentiable`.
    """
    if _is_transformed(arguments, constants):
        return differentiable(arguments, constants)
    if torch.is_grad_enabled() and any(x.requires_grad for x in arguments):
        functions = _Functions(forward, backward, differentiable, len(arguments))
        return _Function.apply(functions, *arguments, *constants)
    with torch.inference_mode():
        results, _ = forward(arguments, constants, False)
    return tuple(map(_outside, results))


def with_batch_size(sequences: Tensor, batch_size: int) -> Tensor:
    """The sequences, whose number is always known here."""
    return sequences


def _is_transformed(*groups: tuple[Tensor | None, ...]) -> bool:
    """Whether each operation must be one of PyTorch, for what it does to them.

    That is a transformation of `torch.func`, a batch of gradients, or a tangent that is
    carried forward. PyTorch has no public word for the first two; these two functions
    are those that it asks itself, seen in 2.13.
    """
    if torch._C._are_functorch_transforms_active():
        return True
    tensors = [tensor for group in groups for tensor in group if tensor is not None]
    return any(
        torch._C._functorch.is_legacy_batchedtensor(tensor)
        or unpack_dual(tensor).tangent is not None
        for tensor in tensors
    )


def gradient(function: Callable[..., Tensor]) -> Callable[..., tuple[Tensor, ...]]:
    """The derivative of a scalar `function(arguments, ...)` to its `arguments`.

    They are a tuple; where the function ignores one, its gradient is zero.
    """

    def compute(arguments: tuple[Tensor, ...], *others: Any) -> tuple[Tensor, ...]:
        with torch.enable_grad():
            arguments = tuple(x.detach().requires_grad_() for x in arguments)
            value = function(arguments, *others)
        return torch.autograd.grad(value, arguments, materialize_grads=True)

    return compute


class _Functions(NamedTuple):
    """What `custom_gradient` is given, and of how many arguments."""

    forward: Forward
    backward: Backward
    differentiable: Differentiable
    arguments: int


class _Function(torch.autograd.Function):
    """A function of tensors that brings its derivative."""

    @staticmethod
    def forward(
        ctx: Any, functions: _Functions, *tensors: Tensor | None
    ) -> tuple[Tensor, ...]:
        ctx.functions = functions
        ctx.save_for_backward(*tensors)
        arguments, constants = _split(functions, tensors)
        with torch.inference_mode():
            results, ctx.residuals = functions.forward(arguments, constants, True)
        return tuple(result.clone() for result in results)

    @staticmethod
    @uncompiled
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        saved = ctx.saved_tensors  # raises if one of them was changed meanwhile
        _, *needed = ctx.needs_input_grad
        with own_dtype(gradients[0]):
            if torch.is_grad_enabled() or _is_transformed(saved, gradients):
                found = _differentiable_gradients(
                    ctx.functions, saved, gradients, needed
                )
            else:
                with torch.inference_mode():
                    kept = ctx.functions.backward(ctx.residuals, gradients, needed[0])
                found = [None if x is None else _outside(x) for x in kept]
        constants = len(saved) - ctx.functions.arguments
        return None, *found, *[None] * constants


def _outside(result: Tensor) -> Tensor:
    """A result of inference mode as a tensor that anything may be done with."""
    comes_from_there = result.is_inference() or result._is_view()
    return result.clone() if comes_from_there else result


def _split(
    functions: _Functions, tensors: tuple[Tensor, ...]
) -> tuple[tuple[Tensor, ...], tuple[Tensor | None, ...]]:
    """The arguments and the constants."""
    return tensors[: functions.arguments], tensors[functions.arguments :]


def _differentiable_gradients(
    functions: _Functions,
    tensors: tuple[Tensor, ...],
    gradients: tuple[Tensor, ...],
    needed: list[bool],
) -> list[Tensor | None]:
    """The gradients of the arguments, in operations of PyTorch alone."""
    again = torch.is_grad_enabled()
    arguments, constants = _split(functions, tensors)
    with torch.enable_grad():
        # If one argument was computed from another, each has only its own share.
        arguments = tuple(x.view_as(x) for x in arguments)
        results = functions.differentiable(arguments, constants)
    wanted = [x for x, need in zip(arguments, needed, strict=False) if need]
    found = iter(torch.autograd.grad(results, wanted, gradients, create_graph=again))
    return [next(found) if need else None for need in needed[: len(arguments)]]
