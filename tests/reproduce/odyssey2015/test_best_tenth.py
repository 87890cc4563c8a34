import math

import numpy as np
import pytest
from scipy import stats

from reproduce.studies.odyssey2015.analysis.best_tenth import (
    best_tenth,
    best_tenth_table,
    welch,
)
from tests.reproduce.odyssey2015.trials import (
    AS_IN_THE_PAPER,
    make_trials,
    of_scores,
)


def test_the_best_tenth_is_chosen_by_validation():
    trials = make_trials(40, {"V": 0.0, "NP": 0.0})
    rng = np.random.default_rng(1)
    trials["valid"] = rng.normal(size=len(trials))
    chosen = best_tenth(trials)
    for variant in ("V", "NP"):
        of_variant = trials[trials["variant"] == variant]
        four = sorted(of_variant["valid"])[:4]
        assert chosen.query("variant == @variant")["valid"].tolist() == four
    known = trials.set_index("valid")["test"]
    assert chosen["test"].tolist() == known[chosen["valid"]].tolist()


def test_what_diverged_is_chosen_last_and_of_equals_the_first():
    trials = of_scores({"V": [math.nan, -math.inf, *[9.0] * 18]})
    assert best_tenth(trials)["candidate"].tolist() == [2, 3]
    assert len(best_tenth(of_scores({"V": [8.0, 9.0]}))) == 1


def test_a_draw_that_some_variants_lack_is_left_out():
    tests = [9.0] * 20
    trials = of_scores({"V": [*tests, 8.0], "NP": tests})
    assert set(best_tenth(trials)["test"]) == {9.0}
    table = best_tenth_table(trials).set_index("variant")
    assert table["trials"].tolist() == [20, 20]
    assert table.loc["NP", "difference"] == 0.0


def test_statistics_of_the_best_tenth():
    tests = [8.0 + 0.01 * k for k in range(50)]
    trials = of_scores({"V": tests, "FGR": [t + 0.5 for t in tests]})
    table = best_tenth_table(trials).set_index("variant")
    row = table.loc["FGR"]
    assert (row["trials"], row["best"]) == (50, 5)
    wanted = {"mean": 8.52, "median": 8.52, "low": 8.51, "high": 8.53}
    assert row[list(wanted)].to_dict() == pytest.approx(wanted)
    assert (row["minimum"], row["maximum"]) == pytest.approx((8.5, 8.54))
    assert row["difference"] == pytest.approx(0.5)
    assert row["total_parameters"] == 3000
    assert row["paper_mean"] == 8.621
    assert math.isnan(table.loc["V", "p_value"])


def test_welch_by_its_formula():
    first, second = np.array([8.1, 8.4, 8.2, 8.6]), np.array([8.5, 8.9, 9.9])
    parts = [side.var(ddof=1) / len(side) for side in (first, second)]
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / 3 + parts[1] ** 2 / 2)
    mean, error = first.mean() - second.mean(), math.sqrt(sum(parts))
    width = stats.t.ppf(0.975, freedom) * error
    found = welch(first, second)
    assert found.p_value == pytest.approx(2 * stats.t.cdf(mean / error, freedom))
    ends = (mean, mean - width, mean + width)
    assert (found.mean, found.low, found.high) == pytest.approx(ends)


@pytest.mark.parametrize("sign", [1, -1])
def test_welch_where_one_side_does_not_vary(sign):
    # Its variance is zero, and the degrees of freedom are the other's.
    varied, constant = np.array([8.1, 8.4, 8.2]), np.array([9.0, 9.0])
    sides = (varied, constant)[::sign]
    error = varied.std(ddof=1) / math.sqrt(3)
    mean = sign * (varied.mean() - 9.0)
    found = welch(*sides)
    assert found.p_value == pytest.approx(2 * stats.t.sf(abs(mean) / error, 2))
    assert found.low == pytest.approx(mean - stats.t.ppf(0.975, 2) * error)


def test_welch_without_spread_or_with_one_score():
    constant = np.array([8.0, 8.0])
    assert welch(constant, constant).p_value == 1.0
    assert welch(constant, constant + 1).p_value == 0.0
    alone = welch(np.array([8.0]), constant + 1)
    assert alone.mean == -1.0
    assert math.isnan(alone.p_value)


def test_correction_is_over_the_variants_of_a_set():
    table = best_tenth_table(make_trials(40, AS_IN_THE_PAPER))
    table = table.set_index("variant").drop("V")
    wanted = (8 * table["p_value"]).clip(upper=1)
    assert table["p_bonferroni"].tolist() == pytest.approx(wanted.tolist())
    assert (wanted < 1).any() and (wanted == 1).any()


def test_only_as_many_trials_as_the_papers_are_evidence():
    short = best_tenth_table(make_trials(199, {"V": 0.0, "NP": 0.0}))
    assert not short["evidence"].any()
    assert short["note"].str.contains("no power").all()
    full = best_tenth_table(make_trials(200, {"V": 0.0, "NP": 0.0}))
    assert full["evidence"].all()
    assert full["best"].tolist() == [20, 20]
    assert not full["note"].any()


def test_one_trial_and_no_vanilla():
    (row,) = best_tenth_table(make_trials(1, {"V": 0.0})).to_dict("records")
    assert row["best"] == 1
    with pytest.raises(ValueError, match=r"no trial of vanilla .*jsb_chorales"):
        best_tenth_table(make_trials(1, {"NP": 0.0}))
