import numpy as np
import pytest

from reproduce.ngrams.discounts import FALLBACK, discounts


def test_discounts_by_hand():
    # t = 10, 5, 4, 2: Y = 10 / 20.
    counts = np.repeat([1, 2, 3, 4, 9], [10, 5, 4, 2, 3])
    found = discounts(counts)
    np.testing.assert_allclose(
        found, [0, 1 - 0.5 * 2 * 5 / 10, 2 - 0.5 * 3 * 4 / 5, 3 - 0.5 * 4 * 2 / 4]
    )


@pytest.mark.parametrize(
    "counts",
    [
        [100, 200],
        [1, 1, 3, 3],
        # As many rare as are frequent: the discount of 2 would be below 0.
        [1] * 10 + [2] * 2 + [3] * 9,
        [],
    ],
)
def test_counts_that_tell_nothing(counts):
    found = discounts(np.array(counts, dtype=int))
    np.testing.assert_array_equal(found, FALLBACK)
