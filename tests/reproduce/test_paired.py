import math

import numpy as np
import pytest
from scipy import stats

from reproduce.paired import compare, holm


def test_comparison_is_scipys_paired_test():
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, 7))
    found = compare(list(first - second))
    wanted = stats.ttest_rel(first, second)
    interval = wanted.confidence_interval(0.95)
    assert found.p_value == pytest.approx(wanted.pvalue)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))
    assert found.mean == pytest.approx((first - second).mean())
    assert found.seeds == 7


def test_comparison_of_equal_differences():
    assert compare([0.0, 0.0]).p_value == 1.0
    assert compare([-0.5, -0.5]).p_value == 0.0


def test_comparison_leaves_out_what_is_not_finite():
    assert compare([1.0, math.nan, 3.0]) == compare([1.0, 3.0])
    assert compare([math.nan]).seeds == 0
    assert math.isnan(compare([1.0]).p_value)


def test_holm_by_hand():
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    adjusted = holm([math.nan, 0.02])
    assert math.isnan(adjusted[0])
    assert adjusted[1] == 0.02
