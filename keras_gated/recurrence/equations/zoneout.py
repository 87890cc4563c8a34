"""Zoneout around equations: some states stay what they were before a step."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from keras import ops

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence.equations.base import (
    Equations,
    EquationsWithDerivative,
    Known,
)


class Noise(NamedTuple):
    """What `Zoneout` takes for the dropout mask while it draws.

    Attributes:
        dropout_mask: That of the equations inside.
        zoneout: For each state booleans of its shape, `True` where it is held.
    """

    dropout_mask: Tensor | None
    zoneout: Tensors


@dataclass(frozen=True, kw_only=True)
class Zoneout(Equations):
    """Equations whose states are held at random, entry by entry.

    With `Noise` the booleans in it say which; without it, at inference, each state is
    the expectation: `rate * before + (1 - rate) * after`. The equations inside know
    nothing of it: what they compute from their own new states, they compute before
    those are held.

    Args:
        inside: The equations inside.
        rates: How probable it is that an entry is held, for each state.

    Reference:
        Krueger et al. 2016 (arXiv:1606.01305), section 3.
    """

    inside: Any
    rates: tuple[float, ...]

    @staticmethod
    def around(inside: Equations, rates: tuple[float, ...]) -> "Zoneout":
        """Zoneout that has a derivative by hand if the equations inside have one."""
        if isinstance(inside, EquationsWithDerivative):
            return ZoneoutWithDerivative(inside=inside, rates=rates)
        return Zoneout(inside=inside, rates=rates)

    @property
    def gates(self) -> tuple[str, ...]:
        return self.inside.gates

    @property
    def states(self) -> tuple[str, ...]:
        return self.inside.states

    @property
    def activations(self) -> int:
        return self.inside.activations + 1

    def forward(
        self,
        projected: Tensor,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | Noise | None,
    ) -> tuple[Tensors, Tensors]:
        mask, held = self._parts(dropout_mask)
        after, saved = self.inside.forward(projected, before, weights, mask)
        mixed = (_mixed(*parts) for parts in zip(held, before, after, strict=True))
        return tuple(mixed), (*saved, after[0])

    def _parts(self, noise: Tensor | Noise | None) -> tuple[Tensor | None, Any]:
        """The dropout mask of the equations inside, and what is held, or its rates."""
        return noise if isinstance(noise, Noise) else (noise, self.rates)


@dataclass(frozen=True, kw_only=True)
class ZoneoutWithDerivative(Zoneout, EquationsWithDerivative):
    """Zoneout around equations that bring their derivative."""

    inside: EquationsWithDerivative

    @property
    def activations(self) -> int:
        return self.inside.activations + 1

    @property
    def known_activations(self) -> tuple[Known, ...]:
        return self.inside.known_activations

    def backward(
        self,
        saved: Tensors,
        before: Tensors,
        output: Tensor,
        gradients: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | Noise | None,
    ) -> tuple[Tensor, Tensors]:
        mask, held = self._parts(dropout_mask)
        *saved_inside, output_inside = saved
        shares = [_shares(*pair) for pair in zip(held, gradients, strict=True)]
        d_held, d_after = zip(*shares, strict=True)
        d_projected, d_before = self.inside.backward(
            tuple(saved_inside), before, output_inside, d_after, weights, mask
        )
        return d_projected, tuple(map(ops.add, d_before, d_held))

    def projected_gradient(self, gradient: Tensor) -> Tensor:
        return self.inside.projected_gradient(gradient)

    def weight_gradients(
        self,
        gradient: Tensor,
        saved: Tensors,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | Noise | None,
    ) -> Tensors:
        mask, _ = self._parts(dropout_mask)
        return self.inside.weight_gradients(gradient, saved[:-1], before, weights, mask)


def _mixed(held: Tensor | float, before: Tensor, after: Tensor) -> Tensor:
    if isinstance(held, float):
        return held * before + (1 - held) * after
    return ops.where(held, before, after)


def _shares(held: Tensor | float, gradient: Tensor) -> tuple[Tensor, Tensor]:
    """The gradients of a state before and after a step, from that of their mixture."""
    if isinstance(held, float):
        return held * gradient, (1 - held) * gradient
    zero = ops.zeros_like(gradient)
    return ops.where(held, gradient, zero), ops.where(held, zero, gradient)
