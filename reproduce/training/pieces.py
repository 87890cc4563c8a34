"""Sequences in pieces."""

import itertools

from reproduce.task import Array


def cut(sequences: list[Array], window: int) -> list[Array]:
    """Cuts sequences into pieces of about equal length, near `window` steps."""
    pieces: list[Array] = []
    for sequence in sequences:
        count = max(1, round(len(sequence) / window))
        ends = [len(sequence) * number // count for number in range(count + 1)]
        pieces += [sequence[a:b] for a, b in itertools.pairwise(ends)]
    return pieces
