"""Loops, derivatives and double-precision operations on PyTorch."""

from collections.abc import Callable
from typing import Any

import torch

from keras_gated.types import Backward, Body, Forward, Tensor

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


@torch.compiler.disable
def custom_gradient(
    forward: Forward,
    backward: Backward,
    arguments: tuple[Tensor, ...],
    constants: tuple[Tensor | None, ...],
) -> tuple[Tensor, ...]:
    """Computes `forward` such that its derivative is `backward`.

    Both run in inference mode, where an operation costs a sixth less; only copies of
    their results leave it. `torch.compile`, which would unroll the loop, goes around.
    """
    if torch.is_grad_enabled() and any(x.requires_grad for x in arguments):
        return _Function.apply(forward, backward, constants, *arguments)
    with torch.inference_mode():
        results, _ = forward(arguments, constants, False)
    return tuple(result.clone() for result in results)


def with_batch_size(sequences: Tensor, batch_size: int) -> Tensor:
    """The sequences, whose number is always known here."""
    return sequences


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


class _Function(torch.autograd.Function):
    """A function of tensors that brings its derivative, to be had once."""

    @staticmethod
    def forward(
        ctx: Any,
        forward: Forward,
        backward: Backward,
        constants: tuple[Tensor | None, ...],
        *arguments: Tensor,
    ) -> tuple[Tensor, ...]:
        with torch.inference_mode():
            results, ctx.residuals = forward(arguments, constants, True)
        ctx.derivative = backward
        ctx.save_for_backward(*arguments)
        return tuple(result.clone() for result in results)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        ctx.saved_tensors  # noqa: B018  raises if an argument was changed meanwhile
        with torch.inference_mode():
            found = ctx.derivative(ctx.residuals, gradients, ctx.needs_input_grad[3])
        copies = (None if gradient is None else gradient.clone() for gradient in found)
        return None, None, None, *copies
