"""Loops, derivatives and double-precision operations on PyTorch."""

from typing import Any

import torch
from keras import tree

from keras_gated.types import Backward, Body, Forward, Tensor

matmul = torch.matmul
tanh = torch.tanh
sigmoid = torch.sigmoid


def scan(
    body: Body,
    states: tuple[Tensor, ...],
    inputs: tuple[Tensor, ...],
    collected: int,
    reverse: bool = False,
) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
    """Carries `states` through time, one step after another."""
    steps = list(zip(*(x.unbind(0) for x in inputs), strict=True))
    outputs = []
    for current in reversed(steps) if reverse else steps:
        states, output = body(states, current)
        outputs.append(output)
    ordered = reversed(outputs) if reverse else outputs
    return states, tuple(torch.stack(part) for part in zip(*ordered, strict=True))


def custom_gradient(
    forward: Forward,
    backward: Backward,
    arguments: tuple[Tensor, ...],
    constants: tuple[Tensor | None, ...],
) -> tuple[Tensor, ...]:
    """Computes `forward` such that its derivative is `backward`."""
    if torch.is_grad_enabled() and any(x.requires_grad for x in arguments):
        return _Function.apply(forward, backward, constants, *arguments)
    return forward(arguments, constants, False)[0]


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
        results, residuals = forward(arguments, constants, True)
        ctx.save_for_backward(*tree.flatten(residuals))
        ctx.structure = tree.map_structure(lambda _: 0, residuals)
        ctx.derivative = backward
        return results

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        residuals = tree.pack_sequence_as(ctx.structure, ctx.saved_tensors)
        return None, None, None, *ctx.derivative(residuals, gradients)
