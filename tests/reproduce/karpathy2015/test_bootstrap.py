import numpy as np
import pytest

from reproduce.studies.karpathy2015.analysis.bootstrap import (
    mean_interval,
    share_interval,
)


def test_the_interval_of_a_mean():
    values = np.random.default_rng(0).normal(3, 2, size=900)
    ends = mean_interval(values)
    spread = 1.96 * values.std() / 30
    expected = (values.mean() - spread, values.mean() + spread)
    assert ends == pytest.approx(expected, abs=0.15 * spread)
    assert mean_interval(values) == ends


def test_a_share_weighs_by_the_whole():
    # Every part is a third of its whole, whatever is drawn.
    wholes = np.array([3.0, 30.0, 300.0])
    assert share_interval(wholes / 3, wholes) == pytest.approx((1 / 3, 1 / 3))


def test_nothing_to_draw_from():
    assert np.isnan(mean_interval([1.0])).all()
    assert np.isnan(share_interval([0, 0], [0, 0])).all()
