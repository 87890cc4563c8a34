"""Shares of variance against integrals by hand, known functions and Optuna's."""

import itertools
import math

import numpy as np
import optuna
import pytest
from optuna.importance import FanovaImportanceEvaluator

from reproduce.studies.odyssey2015.analysis.anova import marginal, shares
from reproduce.studies.odyssey2015.analysis.factors import FACTORS, Factor
from reproduce.studies.odyssey2015.analysis.forest import Forest, Leaves, grow
from reproduce.studies.odyssey2015.analysis.scores import SCORES, ready
from tests.reproduce.odyssey2015.trials import NO_EFFECT, make_trials

RATE, UNITS, MOMENTUM, NOISE = (factor.name for factor in FACTORS)
ONE = {"V": 0.0}


def forest_of(trees=24, **options):
    return grow(ready(make_trials(**options), SCORES), trees=trees, seed=0)


def means(found):
    parts = {**found.main, **found.pairs, "rest": found.higher_order}
    return {name: values.mean() for name, values in parts.items()}


@pytest.fixture
def by_hand():
    """A tree on two numbers and three variants whose cuts lie on eighths."""
    leaves = Leaves(
        np.array([1.0, 4.0, -2.0, 0.5]),
        np.array([[0.0, 0.0], [0.25, 0.0], [0.25, 0.0], [0.25, 0.625]]),
        np.array([[0.25, 1.0], [1.0, 0.625], [1.0, 0.625], [1.0, 1.0]]),
        np.array([[1, 1, 1], [1, 0, 1], [0, 1, 0], [1, 1, 1]], dtype=bool),
    )
    numbers = (Factor("a", "a", 0.0, 1.0, log=False), Factor("b", "b", 1.0, 10.0))
    return Forest(numbers, ("V", "NP", "FGR"), (leaves,), 1, None)


def on_a_grid(leaves):
    """What the tree says in the middle of every cell of eighths, by variant."""
    table = np.empty((8, 8, 3))
    for i, j, level in itertools.product(range(8), range(8), range(3)):
        place = (np.array([i, j]) + 0.5) / 8
        inside = (leaves.lows <= place) & (place < leaves.highs)
        (leaf,) = np.flatnonzero(inside.all(axis=1) & leaves.levels[:, level])
        table[i, j, level] = leaves.values[leaf]
    return table


def test_shares_are_those_of_a_grid(by_hand):
    table = on_a_grid(by_hand.trees[0])
    total = table.var()
    alone = {k: table.mean(axis=tuple({0, 1, 2} - {k})).var() / total for k in range(3)}
    found = shares(by_hand)
    assert [v[0] for v in found.main.values()] == pytest.approx(list(alone.values()))
    for (j, k), values in zip(
        itertools.combinations(range(3), 2), found.pairs.values(), strict=True
    ):
        (left,) = {0, 1, 2} - {j, k}
        both = table.mean(axis=left).var() / total
        assert values[0] == pytest.approx(both - alone[j] - alone[k])
    assert found.higher_order[0] == pytest.approx(1 - sum(alone.values()))
    assert list(found.pairs) == [("a", "b"), ("a", "variant"), ("b", "variant")]


def test_marginals_are_those_of_a_grid(by_hand):
    table = on_a_grid(by_hand.trees[0])
    places = (np.arange(8) + 0.5) / 8
    (of_b,) = marginal(by_hand, ["b"], [places])
    np.testing.assert_allclose(of_b, table.mean(axis=(0, 2)))
    (of_both,) = marginal(by_hand, ["b", "a"], [places, places])
    np.testing.assert_allclose(of_both, table.mean(axis=2).T)


def test_leaves_fill_the_box_once_and_say_what_the_tree_learned():
    forest = forest_of(trees=3, draws=40, effects=NO_EFFECT)
    places = np.column_stack(
        [factor.to_unit(forest.trials[factor.name].to_numpy()) for factor in FACTORS]
    )
    level = np.array([forest.variants.index(v) for v in forest.trials["variant"]])
    for tree in forest.trees:
        volume = (tree.highs - tree.lows).prod(axis=1) * tree.levels.mean(axis=1)
        assert volume.sum() == pytest.approx(1)
        at = places[:, None, :]
        inside = ((tree.lows <= at) & (at < tree.highs)).all(axis=2)
        inside &= tree.levels[:, level].T
        assert (inside.sum(axis=1) == 1).all()
        right = np.isclose(inside @ tree.values, forest.trials["test"], 0, 1e-9)
        # A draw is learned whole or not at all; about two in three are.
        by_variant = right.reshape(len(forest.variants), 40)
        learned = by_variant.all(axis=0)
        assert (by_variant.any(axis=0) == learned).all()
        assert 0.45 < learned.mean() < 0.8


def test_shares_of_a_sum():
    # Variances of 2 x and of y, uniform: 4/12 and 1/12.
    found = means(
        shares(forest_of(draws=400, effects=ONE, score=lambda r, u, m, n: 2 * r + u))
    )
    assert found[RATE] == pytest.approx(0.8, abs=0.05)
    assert found[UNITS] == pytest.approx(0.2, abs=0.05)
    assert found[MOMENTUM] < 0.01 and found[NOISE] < 0.01
    assert found["rest"] < 0.08


def test_shares_of_a_product():
    # 2 x has the variance 4/12, and 6 (x - 1/2) (y - 1/2) adds 36/144 by both alone.
    def score(rate, units, momentum, noise):
        return 2 * rate + 6 * (rate - 0.5) * (units - 0.5)

    found = means(shares(forest_of(draws=400, effects=ONE, score=score)))
    assert found[RATE] == pytest.approx(4 / 7, abs=0.06)
    assert found[UNITS] < 0.03
    assert found[RATE, UNITS] == pytest.approx(3 / 7, abs=0.08)
    assert found["rest"] == pytest.approx(3 / 7, abs=0.08)


def test_share_of_the_variant():
    # One of two variants is worse by 1, a variance of 1/4; 2 x has 4/12.
    found = means(
        shares(
            forest_of(
                draws=150,
                effects={"V": 0.0, "NFG": 1.0},
                score=lambda rate, *_: 2 * rate,
            )
        )
    )
    assert found["variant"] == pytest.approx(3 / 7, abs=0.04)
    assert found[RATE] == pytest.approx(4 / 7, abs=0.04)


def steps(rate, units, momentum, noise):
    """Below 1e-4 nothing is learned; noise costs a little."""
    return 10.0 * (rate < 0.5) + 3.0 * noise


def of_optuna(trials, log10):
    """Optuna's shares, of values as they are or of their logarithms."""
    study = optuna.create_study()
    for trial in trials.to_dict("records"):
        params, distributions = {}, {}
        for factor in FACTORS:
            value, ends = trial[factor.name], (factor.low, factor.high)
            log = factor.log and not log10
            if factor.log and log10:
                value, *ends = (math.log10(x) for x in (value, *ends))
            params[factor.name] = value
            distributions[factor.name] = optuna.distributions.FloatDistribution(
                *ends, log=log
            )
        study.add_trial(
            optuna.create_trial(
                params=params, distributions=distributions, value=trial["test"]
            )
        )
    evaluator = FanovaImportanceEvaluator(n_trees=24, seed=0)
    return evaluator.evaluate(study)


def test_shares_are_optunas_on_the_searched_scale_only():
    # 25 and 9/12: 97 % and 3 %. Of the values themselves nearly all lie above 1e-4.
    forest = forest_of(draws=150, effects=ONE, score=lambda *p: -5 + steps(*p))
    ours = means(shares(forest))
    assert ours[RATE] == pytest.approx(25 / 25.75, abs=0.03)
    theirs = of_optuna(forest.trials, log10=True)
    assert theirs[RATE] == pytest.approx(ours[RATE], abs=0.03)
    assert theirs[NOISE] == pytest.approx(ours[NOISE], abs=0.03)
    assert of_optuna(forest.trials, log10=False)[RATE] < 0.6


def test_another_seed_gives_the_same_within_its_error():
    trials = ready(make_trials(60, NO_EFFECT), SCORES)
    first, again, other = (
        shares(grow(trials, trees=24, seed=seed)).main[RATE] for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    error = math.hypot(first.std(), other.std()) / math.sqrt(24)
    assert 0 < abs(first.mean() - other.mean()) < 4 * error


def test_constant_scores_have_no_variance_to_share():
    found = shares(forest_of(draws=20, effects=ONE, score=lambda *_: 9.0, spread=0.0))
    assert all(not values.size for values in found.main.values())
    assert not found.higher_order.size


def test_a_forest_is_of_one_set():
    trials = make_trials(2)
    with pytest.raises(ValueError, match=r"one data set, not of \[\]"):
        grow(trials.head(0))


@pytest.mark.parametrize("value", [1e-7, 0.1, 0.0, -1.0, math.nan])
def test_a_rate_out_of_the_searched_range(value):
    trials = make_trials(2)
    trials.loc[3, RATE] = value
    with pytest.raises(ValueError, match=f"from 1e-06 to 0.01, but .* {value:g}"):
        grow(trials)


@pytest.mark.parametrize("factor", FACTORS, ids=lambda factor: factor.name)
def test_places_are_those_that_were_drawn(factor):
    places = np.linspace(0, 1, 7)
    values = factor.from_unit(places)
    assert (values[0], values[-1]) == pytest.approx((factor.low, factor.high))
    np.testing.assert_allclose(factor.to_unit(values), places, atol=1e-12)
    middle = (factor.low + factor.high) / 2
    if factor.log:
        middle = math.sqrt(factor.low * factor.high)
    assert values[3] == pytest.approx(middle)
