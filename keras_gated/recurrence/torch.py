"""The loop over time on PyTorch, and operations that keep double precision."""

import torch

from keras_gated.types import Body, Tensor

matmul = torch.matmul
tanh = torch.tanh


def scan(
    body: Body, states: tuple[Tensor, ...], inputs: tuple[Tensor, ...], stack: bool
) -> tuple[tuple[Tensor, ...], Tensor | None]:
    """Carries `states` through time, one step after another."""
    outputs = []
    for current in zip(*(x.unbind(0) for x in inputs), strict=True):
        states = body(states, current)
        if stack:
            outputs.append(states[0])
    return states, torch.stack(outputs) if stack else None
