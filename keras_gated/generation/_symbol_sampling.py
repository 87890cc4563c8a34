"""One symbol out of many, drawn in NumPy: the same on every backend."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

CHUNK = 256
"""Numbers that a generator draws at once."""


class SymbolSampler:
    r"""Draws a symbol for each row of logits.

    With the temperature $T$ symbol $s$ has the probability
    $p_s \propto e^{a_s / T}$. Of the symbols, ordered from the most probable one on, as
    many are left as are needed to reach a sum of `top_p` (Holtzman et al. 2020), with
    probabilities in proportion.

    Each sequence has a generator of its own, so that what it gets does not depend on
    the others.

    Args:
        batch_size: Number of rows.
        temperature: $T$; 0 takes the most probable symbol.
        top_p: From above 0 to 1, which keeps all symbols.
        seed: Seed of all draws, `None` for other ones each time.
    """

    def __init__(
        self, batch_size: int, temperature: float, top_p: float, seed: int | None
    ) -> None:
        self.temperature = temperature
        self.top_p = top_p
        self._rows = np.arange(batch_size)[:, None]
        sequences = np.random.SeedSequence(seed).spawn(batch_size)
        self._uniform = _uniform([np.random.default_rng(s) for s in sequences])

    def draw(self, logits: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
        """Returns symbols `(batch,)` for logits `(batch, num_symbols)`."""
        if not self.temperature:
            return logits.argmax(axis=-1)
        scaled = logits.astype(np.float64) / self.temperature
        weights = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
        if self.top_p == 1:
            reached = weights.cumsum(axis=-1)
            return self._pick(reached, reached[:, -1])
        # Equals stay in order, on every machine.
        order = (-weights).argsort(axis=-1, kind="stable")
        falling = weights[self._rows, order]
        reached = falling.cumsum(axis=-1)
        enough = self.top_p * reached[:, -1:]
        kept = (reached - falling < enough).sum(axis=-1)
        rank = self._pick(reached, reached[self._rows[:, 0], kept - 1])
        return order[self._rows[:, 0], rank]

    def _pick(
        self, reached: npt.NDArray[Any], total: npt.NDArray[Any]
    ) -> npt.NDArray[np.intp]:
        """The first column of each row that goes beyond a random part of a total."""
        # A double below 1 times a positive one is never rounded up to that.
        places = next(self._uniform) * total
        return (reached <= places[:, None]).sum(axis=-1)


def _uniform(generators: list[np.random.Generator]) -> Iterator[npt.NDArray[Any]]:
    while True:
        yield from np.stack([g.random(CHUNK) for g in generators], axis=1)
