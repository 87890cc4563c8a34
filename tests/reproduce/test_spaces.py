"""Where settings are drawn from."""

import math

import numpy as np
import pytest
from optuna.distributions import (
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from scipy import stats

from reproduce.spaces import draw, draw_next

SPACE = {
    "units": IntDistribution(20, 200, log=True),
    "rate": FloatDistribution(1e-6, 1e-2, log=True),
    "noise": FloatDistribution(-1.0, 1.0),
    "batch": IntDistribution(2, 10, step=4),
    "optimizer": CategoricalDistribution(("adam", "sgd", "rmsprop")),
}


def columns(count=4000):
    draws = draw(SPACE, seed=3, count=count)
    return {name: [one[name] for one in draws] for name in SPACE}


def test_draws_have_the_distributions_that_were_asked_for():
    found = columns()
    shares = {
        "rate": (np.log10(found["rate"]) + 6) / 4,
        "noise": (np.array(found["noise"]) + 1) / 2,
    }
    for name, share in shares.items():
        assert stats.kstest(share, "uniform").pvalue > 1e-3, name
    # Half of what is drawn on a logarithmic scale lies below the geometric mean.
    assert np.mean(np.array(found["units"]) < math.sqrt(20 * 200)) == pytest.approx(
        0.5, abs=0.04
    )
    assert {type(units) for units in found["units"]} == {int}
    assert min(found["units"]) == 20 and max(found["units"]) == 200
    for name, values in (("batch", {2, 6, 10}), ("optimizer", {"adam", "sgd"})):
        counts = {value: found[name].count(value) for value in found[name]}
        assert values <= counts.keys() and len(counts) == 3
        assert stats.chisquare(list(counts.values())).pvalue > 1e-3


def test_more_draws_begin_with_the_fewer():
    assert draw(SPACE, 7, 50)[:20] == draw(SPACE, 7, 20)
    assert draw(SPACE, 7, 20) != draw(SPACE, 8, 20)


def test_numbers_are_those_of_every_machine():
    """The last digits of exp and log are not the same everywhere."""
    first, second = draw(SPACE, 0, 2)
    assert first == {
        "units": 87,
        "rate": 1.1999e-05,
        "noise": -0.918053,
        "batch": 2,
        "optimizer": "rmsprop",
    }
    for name in ("rate", "noise"):
        assert second[name] == float(f"{second[name]:.6g}")


def test_an_empty_space_is_refused():
    with pytest.raises(ValueError, match="search space is empty"):
        draw({}, 0, 1)
    with pytest.raises(ValueError, match="search space is empty"):
        draw_next({}, "tpe", 0, [], 1)


def score(settings):
    """Best at a rate of 1e-3 and the optimizer Adam."""
    penalty = {"adam": 0.0, "sgd": 1.0, "rmsprop": 0.5}[settings["optimizer"]]
    return (math.log10(settings["rate"]) + 3) ** 2 + penalty


def search(sampler, rounds=8, seed=1):
    known = []
    for _ in range(rounds):
        asked = draw_next(SPACE, sampler, seed, known, 5)
        known += [(settings, score(settings)) for settings in asked]
    return known


def test_random_rounds_are_one_long_draw():
    assert [settings for settings, _ in search("random")] == draw(SPACE, 1, 40)


def test_tpe_draws_the_same_from_the_same_results():
    first, again = search("tpe", rounds=4), search("tpe", rounds=4)
    assert first == again
    assert search("tpe", rounds=4, seed=2) != first
    for settings, _ in first:
        assert settings.keys() == SPACE.keys()
        for name, value in settings.items():
            assert SPACE[name]._contains(SPACE[name].to_internal_repr(value))


def test_tpe_learns_from_results():
    scores = np.array([found for _, found in search("tpe", rounds=12)])
    assert np.median(scores[-20:]) < 0.5 * np.median(scores[:20])


def test_a_diverged_trial_does_not_stop_the_search():
    known = [(settings, math.nan) for settings in draw(SPACE, 0, 12)]
    assert len(draw_next(SPACE, "tpe", 0, known, 3)) == 3


def test_steps_and_ends_are_kept():
    steps = FloatDistribution(0.0, 1.0, step=0.25)
    third = FloatDistribution(1 / 3, 0.3333334, log=True)
    for settings in draw({"steps": steps, "third": third}, 0, 50):
        assert settings["steps"] in (0.0, 0.25, 0.5, 0.75, 1.0)
        assert third.low <= settings["third"] <= third.high


def test_an_unknown_sampler_is_refused():
    with pytest.raises(ValueError, match="no sampler 'grid'"):
        draw_next(SPACE, "grid", 0, [], 1)
