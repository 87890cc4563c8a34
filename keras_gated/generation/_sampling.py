"""From the parameters that a head puts out to an event, with noise drawn beforehand."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from keras import ops

from keras_gated._types import Tensor
from keras_gated.generation._chain import Head
from keras_gated.layers import BernoulliHead, MDNHead

Noise = npt.NDArray[np.floating[Any]]


class NoiseSource:
    r"""Draws the noise of every step of every sequence.

    Each sequence has generators of its own, and they go on where the last draw ended.
    So what a sequence gets depends neither on the others nor on the number of steps
    that are drawn at once.

    The temperature $T$ is a factor of the noise. An output with the logit $l$ is on
    where $l > T u$ with $u$ from the logistic distribution, that is with the
    probability $\sigma(l / T)$. A mixture's component is the largest of
    $\log w_k + T g_k$ with $g_k$ from the Gumbel distribution, which has the
    probability $w_k^{1/T} / \sum_j w_j^{1/T}$; around its mean lie
    $\sqrt T \sigma_{ke}$ times normal numbers.

    Args:
        head: The head whose events are to be drawn.
        batch_size: Number of sequences.
        seed: Seed of all draws, `None` for other ones each time.
        temperature: $T$; 0 makes all noise 0.
    """

    def __init__(
        self, head: Head, batch_size: int, seed: int | None, temperature: float
    ) -> None:
        self.head = head
        self.temperature = temperature
        self._sequences = [
            _Generators(*map(np.random.default_rng, sequence.spawn(2)))
            for sequence in np.random.SeedSequence(seed).spawn(batch_size)
        ]

    def draw(self, steps: int) -> Noise:
        """Returns the noise of the next steps, `(batch, steps, noise_size)`."""
        noise = np.stack([self._of_sequence(g, steps) for g in self._sequences])
        return noise.astype(self.head.compute_dtype)

    def _of_sequence(self, generators: "_Generators", steps: int) -> Noise:
        shape = (steps, self.head.event_size)
        if isinstance(self.head, BernoulliHead):
            return self.temperature * generators.choice.logistic(size=shape)
        gumbel = generators.choice.gumbel(size=(steps, self.head.components))
        normal = generators.spread.normal(size=shape)
        return np.concatenate(
            [self.temperature * gumbel, np.sqrt(self.temperature) * normal], axis=-1
        )


class _Generators(NamedTuple):
    """Those of one sequence: for outputs or components, and for what is around them."""

    choice: np.random.Generator
    spread: np.random.Generator


def event(head: Head, parameters: Tensor, noise: Tensor) -> Tensor:
    """Returns the event that the noise of a step picks.

    Args:
        head: The head.
        parameters: What the head puts out, `(..., parameters)`.
        noise: `(..., noise_size)`.

    Returns:
        `(..., event_size)`, in the dtype of the head.
    """
    if isinstance(head, MDNHead):
        return _mixture_event(head, parameters, noise)
    return ops.cast(parameters > noise, head.compute_dtype)


def _mixture_event(head: MDNHead, packed: Tensor, noise: Tensor) -> Tensor:
    log_weights, means, scales = head.unpack(packed)
    gumbel, normal = noise[..., : head.components], noise[..., head.components :]
    component = ops.argmax(log_weights + gumbel, axis=-1)[..., None, None]
    mean, scale = (
        ops.squeeze(ops.take_along_axis(values, component, axis=-2), -2)
        for values in (means, scales)
    )
    return mean + scale * normal
