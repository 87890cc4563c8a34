import itertools
import math

import numpy as np
import pytest
from scipy import stats

from reproduce.paired import holm
from reproduce.studies.odyssey2015.analysis.paired import compare, paired_table
from tests.reproduce.odyssey2015.trials import make_trials, of_scores

DIFFERENCES = np.array([0.05, -0.02, 0.11, 0.3, -0.07, 0.08, 0.013])


def by_signs(values, alternative):
    """Wilcoxon's p value: over all ways to choose the signs."""
    ranks = stats.rankdata(np.abs(values))
    signs = np.array(list(itertools.product((0, 1), repeat=len(values))))
    sums, seen = signs @ ranks, ranks[values > 0].sum()
    above, below = (sums >= seen).mean(), (sums <= seen).mean()
    both = min(1.0, 2 * min(above, below))
    return {"greater": above, "less": below, "two-sided": both}[alternative]


def test_signed_ranks_by_enumeration():
    found = compare(DIFFERENCES, 0.1)
    assert found.p_value == pytest.approx(by_signs(DIFFERENCES, "two-sided"))
    assert found.p_above == pytest.approx(by_signs(DIFFERENCES + 0.1, "greater"))
    assert found.p_below == pytest.approx(by_signs(DIFFERENCES - 0.1, "less"))
    assert found.p_equivalent == max(found.p_above, found.p_below)


def test_interval_is_the_bootstrap_of_the_median():
    # The median of n resampled values is at most the k-th smallest if more than half
    # of them are: a binomial.
    values = np.random.default_rng(0).normal(size=15)
    ordered = np.sort(values)
    reaches = [stats.binom.sf(7, 15, k / 15) for k in range(1, 16)]
    low, high = (ordered[np.searchsorted(reaches, q)] for q in (0.025, 0.975))
    found = compare(values, 0.1)
    assert (found.low, found.high) == (low, high)
    assert found.median == np.median(values)
    assert compare(values, 0.1) == found


def test_degenerate_differences():
    assert compare(np.array([]), 0.1).pairs == 0
    alone = compare(np.array([0.2]), 0.1)
    assert (alone.pairs, alone.median) == (1, 0.2)
    assert math.isnan(alone.p_value) and math.isnan(alone.low)
    equal = compare(np.zeros(9), 0.1)
    assert equal.p_value == 1.0
    assert (equal.low, equal.high) == (0.0, 0.0)
    assert equal.p_equivalent < 0.05
    assert compare(np.full(9, 0.1), 0.1).p_below == 1.0


def test_pairs_have_the_same_draw_and_seed():
    trials = make_trials(6, {"V": 0.0, "NP": 0.25}, spread=0.0)
    trials = trials.sample(frac=1, random_state=0)
    gone = (trials["variant"] == "NP") & trials["candidate"].isin([1, 4])
    (row,) = paired_table(trials[~gone]).to_dict("records")
    assert row["pairs"] == 4
    assert row["median_difference"] == pytest.approx(0.25)
    assert row["low"] == pytest.approx(row["high"])


def test_pairs_of_which_both_learned_nothing_are_left_out():
    tests = [8.0, 8.5, math.nan, 12.0, 9.0]
    other = [8.1, 8.6, math.inf, 11.5, math.nan]
    (row,) = paired_table(of_scores({"V": tests, "NP": other})).to_dict("records")
    assert row["pairs"] == 3
    assert row["median_difference"] == pytest.approx(0.1)
    assert row["high"] == pytest.approx(11.09 - 9.0)


def test_holm_is_over_the_variants_of_a_set():
    table = paired_table(make_trials(20, {"V": 0.0, "NP": 0.02, "FGR": 0.1}))
    assert table["variant"].tolist() == ["FGR", "NP"]
    assert table["p_holm"].tolist() == holm(table["p_value"].tolist())
    assert (table["p_holm"] >= table["p_value"]).all()


def test_vanilla_is_needed():
    assert paired_table(make_trials(3, {"V": 0.0})).empty
    with pytest.raises(ValueError, match="no trial of vanilla"):
        paired_table(make_trials(3, {"NP": 0.0}))
