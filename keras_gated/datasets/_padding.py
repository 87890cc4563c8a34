"""Which lengths to pad to."""

from collections.abc import Sequence

import numpy as np


def choose_padded_lengths(
    lengths: Sequence[int], count: int, batch_size: int
) -> tuple[int, ...]:
    """Chooses at most `count` lengths to pad to, with the fewest steps computed.

    Sequences go to the smallest padded length that holds them; every batch has
    `batch_size` rows, filled or not. So a bucket of n sequences padded to L costs
    ceil(n / batch_size) * batch_size * L steps. The best cut of the sorted lengths
    is found by dynamic programming over (buckets, distinct lengths).

    Args:
        lengths: Length of each sequence.
        count: Most padded lengths allowed.
        batch_size: Rows of a batch.

    Returns:
        The padded lengths, ascending; the last is the longest sequence.
    """
    distinct, counts = np.unique(lengths, return_counts=True)
    shorter = np.concatenate([[0], np.cumsum(counts)])
    # best[k, j]: batched steps of the j shortest distinct lengths in k buckets.
    best = np.full((count + 1, len(distinct) + 1), np.inf)
    best[0, 0] = 0
    start = np.zeros(best.shape, int)
    for k in range(1, count + 1):
        for j in range(1, len(distinct) + 1):
            batches = -(-(shorter[j] - shorter[:j]) // batch_size)
            cost = best[k - 1, :j] + batches * distinct[j - 1]
            start[k, j] = cost.argmin()
            best[k, j] = cost.min()
    chosen = []
    j = len(distinct)
    for k in range(int(best[:, j].argmin()), 0, -1):
        chosen.append(int(distinct[j - 1]))
        j = start[k, j]
    return tuple(reversed(chosen))
