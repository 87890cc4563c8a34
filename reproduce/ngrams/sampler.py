"""Text drawn from an n-gram model."""

from typing import Any

import numpy as np

from reproduce.ngrams.kneser_ney import KneserNey, interpolate
from reproduce.ngrams.levels import NONE
from reproduce.ngrams.streams import START, Array


class Sampler:
    """Draws sequences from a model of one order, many at once.

    All n-grams of the order stay in memory, some 50 bytes each.

    Args:
        model: The model.
        order: Order of the n-grams, the model's own by default.

    Raises:
        ValueError: If the model has not that order.

    Examples:
        >>> from reproduce.ngrams import KneserNey, Sampler
        >>> model = KneserNey([[0, 1, 2] * 50], symbols=3, order=3)
        >>> (sequence,) = Sampler(model).sample(1, 6, temperature=0.1)
        >>> sequence.tolist()
        [0, 1, 2, 0, 1, 2]
    """

    def __init__(self, model: KneserNey, order: int | None = None) -> None:
        self.symbols = model.symbols
        self._levels = list(model.levels(order))

    def sample(
        self,
        count: int,
        length: int,
        *,
        stop: int | None = None,
        temperature: float = 1.0,
        seed: int = 0,
        prompts: Any = None,
    ) -> list[Array]:
        """Draws sequences from their beginning on.

        Args:
            count: Number of sequences.
            length: Most symbols of one.
            stop: The symbol with which a sequence ends, its last one then.
            temperature: Divides the logarithms of the probabilities.
            seed: Of the draw.
            prompts: What each sequence begins with, integers `(count, steps)`; they are
                part of it.

        Raises:
            ValueError: If a number makes no sense, or the prompts are none.
        """
        if count < 1 or length < 1:
            raise ValueError(
                "There must be a sequence and a symbol at least. Received "
                f"{count=}, {length=}."
            )
        if stop is not None and not 0 <= stop < self.symbols:
            raise ValueError(
                f"stop must be a symbol, 0 to {self.symbols - 1}. Received {stop=}."
            )
        if not temperature > 0:
            raise ValueError(f"temperature must be above 0. Received {temperature=}.")
        given = _read_prompts(prompts, count, length, self.symbols)
        generator = np.random.default_rng(seed)
        drawn = np.full((length, count), NONE)
        going = np.arange(count)
        endings = self._follow(None, np.full(count, START))
        for step in range(length):
            if step < given.shape[1]:
                symbols = given[going, step]
            else:
                found = self._distributions(endings)
                # Of small numbers a high power would leave nothing.
                weights = found / found.max(axis=1, keepdims=True)
                symbols = _draw(weights ** (1 / temperature), generator)
            drawn[step, going] = symbols
            left = np.full(going.size, True) if stop is None else symbols != stop
            going = going[left]
            if not going.size:
                break
            endings = self._follow([e[left] for e in endings], symbols[left] + 1)
        return [column[column != NONE] for column in drawn.T]

    def _follow(self, endings: list[Array] | None, symbols: Array) -> list[Array]:
        """The n-grams of 1, 2, ... symbols that end with these symbols.

        Args:
            endings: Those that end just before; `None` at the beginning.
            symbols: The symbols.
        """
        nothing = np.zeros(symbols.size, np.int64)
        contexts = (
            [nothing, *endings]
            if endings is not None
            else [nothing] + [nothing + NONE] * len(self._levels)
        )
        return [
            level.find(context, symbols)
            for level, context in zip(self._levels, contexts, strict=False)
        ]

    def _distributions(self, endings: list[Array]) -> Array:
        size = endings[0].size
        found = np.full((size, self.symbols + 1), 1 / self.symbols)
        contexts = [np.zeros(size, np.int64), *endings[:-1]]
        for row, (level, context) in enumerate(
            zip(self._levels, contexts, strict=True)
        ):
            interpolate(found, level, context, row == len(self._levels) - 1)
        return found[:, 1:]


def _read_prompts(prompts: Any, count: int, length: int, symbols: int) -> Array:
    """The prompts as rows of integers, without a column if there are none."""
    if prompts is None:
        return np.empty((count, 0), np.int64)
    given = np.asarray(prompts)
    shape = given.shape
    if len(shape) != 2 or len(given) != count or not 0 < shape[1] < length:
        raise ValueError(
            f"prompts must be integers ({count}, steps), of 1 to {length - 1} steps. "
            f"Received shape {given.shape}."
        )
    if given.dtype.kind not in "iu" or given.min() < 0 or given.max() >= symbols:
        raise ValueError(
            f"prompts must be symbols, integers from 0 to {symbols - 1}. Received "
            f"{given.min()} to {given.max()}, dtype {given.dtype}."
        )
    return given


def _draw(weights: Array, generator: np.random.Generator) -> Array:
    """A symbol for each row, in proportion to its weights."""
    sums = np.cumsum(weights, axis=1)
    wanted = generator.random(len(sums))[:, np.newaxis] * sums[:, -1:]
    return (sums <= wanted).sum(axis=1)
