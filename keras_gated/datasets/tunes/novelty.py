"""How much of a tune stands in others, token by token."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from keras_gated.datasets.tunes.tune import Tune

Integers = npt.NDArray[np.int64]


def copied_runs(tunes: Sequence[Tune], training: Sequence[Tune]) -> Integers:
    """Finds for each tune the longest run of tokens that a training tune has, too.

    Meter and key at the beginning do not count. All runs of all tunes are compared, by
    the order of all suffixes, found by doubling: for n tokens and a longest run of r it
    takes O(n log n log r) time and O(n log r) memory, some seconds for a million.

    Args:
        tunes: The tunes, generated or held out.
        training: The tunes of which they may be copies.

    Returns:
        Integers `(tunes,)`: tokens of the longest run.

    Raises:
        ValueError: If there are no training tunes.

    Examples:
        >>> from keras_gated.datasets import tunes
        >>> known = tunes.Tune("M:2/4 K:Dmaj D F A d | f 2 d 2 |".split())
        >>> drawn = tunes.Tune("M:2/4 K:Dmaj A F A d | f 3 e |".split())
        >>> tunes.copied_runs([drawn, known], [known])
        array([ 5, 10])
    """
    if not training:
        raise ValueError("copied_runs needs at least one training tune, received none")
    bodies = [tune.tokens[2:] for tune in (*tunes, *training)]
    symbols = _numbered(bodies)
    lengths = np.array([len(body) + 1 for body in bodies], np.int64)
    border = int(lengths[: len(tunes)].sum())
    levels = _ranks(symbols)
    order = np.argsort(levels[-1], kind="stable")
    known = order >= border
    places = np.arange(len(order))
    before = np.maximum.accumulate(np.where(known, places, -1))
    after = np.minimum.accumulate(np.where(known, places, len(order))[::-1])[::-1]
    runs = np.zeros(len(order), np.int64)
    for neighbour in (before, after):
        # A suffix agrees longest with its neighbours in the order.
        asked = ~known & (neighbour >= 0) & (neighbour < len(order))
        suffixes = order[asked]
        runs[suffixes] = np.maximum(
            runs[suffixes], _agreement(levels, suffixes, order[neighbour[asked]])
        )
    starts = np.cumsum(lengths[: len(tunes)]) - lengths[: len(tunes)]
    if not len(starts):
        return starts
    return np.maximum.reduceat(runs[:border], starts)


def _numbered(bodies: Sequence[Sequence[str]]) -> Integers:
    """All tokens as numbers, with a number of its own behind each tune."""
    numbers: dict[str, int] = {}
    symbols: list[int] = []
    for place, body in enumerate(bodies):
        symbols.extend(numbers.setdefault(token, len(numbers)) for token in body)
        symbols.append(-1 - place)
    shifted = np.array(symbols, np.int64)
    return np.where(shifted < 0, len(numbers) - 1 - shifted, shifted)


def _ranks(symbols: Integers) -> list[Integers]:
    """Ranks of all suffixes by their first 1, 2, 4, ... symbols, until all differ."""
    levels = [symbols]
    step = 1
    while True:
        rank = levels[-1]
        behind = np.zeros_like(rank)
        behind[: len(rank) - step] = rank[step:] + 1
        pairs = rank * (rank.max() + 2) + behind
        different, rank = np.unique(pairs, return_inverse=True)
        levels.append(rank.astype(np.int64))
        step *= 2
        if len(different) == len(rank):
            return levels


def _agreement(levels: list[Integers], first: Integers, second: Integers) -> Integers:
    """How many symbols suffixes have in common at their beginning."""
    first, second = first.copy(), second.copy()
    common = np.zeros(len(first), np.int64)
    for level in range(len(levels) - 1, -1, -1):
        # No two suffixes agree to the end: each tune ends with a number of its own.
        equal = levels[level][first] == levels[level][second]
        length = equal * (1 << level)
        common += length
        first += length
        second += length
    return common
