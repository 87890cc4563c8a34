from itertools import combinations
from math import ceil

import numpy as np
import pytest

from keras_gated.datasets._padding import choose_padded_lengths


def steps_computed(lengths, padded_lengths, batch_size):
    total, shorter = 0, 0
    for padded in padded_lengths:
        members = sum(shorter < length <= padded for length in lengths)
        total += ceil(members / batch_size) * batch_size * padded
        shorter = padded
    return total


@pytest.mark.parametrize("batch_size", [1, 3, 8])
@pytest.mark.parametrize("count", [1, 2, 3, 4])
@pytest.mark.parametrize("seed", range(4))
def test_computes_the_fewest_steps(seed, count, batch_size):
    lengths = np.random.default_rng(seed).geometric(0.05, 25).tolist()
    chosen = choose_padded_lengths(lengths, count, batch_size)
    assert chosen[-1] == max(lengths)
    assert list(chosen) == sorted(set(chosen)) and len(chosen) <= count
    shorter = sorted(set(lengths) - {max(lengths)})
    fewest = min(
        steps_computed(lengths, (*subset, max(lengths)), batch_size)
        for size in range(count)
        for subset in combinations(shorter, size)
    )
    assert steps_computed(lengths, chosen, batch_size) == fewest


@pytest.mark.parametrize(
    ("lengths", "count", "batch_size", "expected"),
    [
        ([7], 4, 8, (7,)),
        ([7, 7, 7], 4, 2, (7,)),
        ([1, 2, 3, 4], 4, 1, (1, 2, 3, 4)),
        ([1, 2, 3, 4], 4, 4, (4,)),
        ([10, 10, 100, 100], 2, 2, (10, 100)),
        ([10, 10, 11, 100, 100], 9, 1, (10, 11, 100)),
    ],
)
def test_plain_cases(lengths, count, batch_size, expected):
    assert choose_padded_lengths(lengths, count, batch_size) == expected
