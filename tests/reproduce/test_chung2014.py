import math

import numpy as np
import pytest

from keras_gated.models import count_parameters
from reproduce.studies import chung2014


def test_rates_are_drawn_log_uniformly_between_exp_minus_12_and_exp_minus_6():
    rates = [
        rate
        for seed in range(200)
        for rate in chung2014.draw_learning_rates(10, seed).values()
    ]
    exponents = np.log(rates)
    assert exponents.min() >= -12 and exponents.max() <= -6
    assert abs(exponents.mean() + 9) < 0.1
    assert abs(exponents.std() - 6 / math.sqrt(12)) < 0.1


def test_fewer_trials_take_the_largest_of_the_same_ten_rates():
    ten = chung2014.draw_learning_rates(10, seed=3)
    three = chung2014.draw_learning_rates(3, seed=3)
    assert list(three.values()) == sorted(ten.values(), reverse=True)[:3]
    assert all(ten[candidate] == rate for candidate, rate in three.items())


def test_rates_depend_on_the_seed_alone():
    assert chung2014.draw_learning_rates(10, 1) == chung2014.draw_learning_rates(10, 1)
    assert chung2014.draw_learning_rates(10, 1) != chung2014.draw_learning_rates(10, 2)


@pytest.mark.parametrize("unit", chung2014.SPEECH_UNITS)
def test_speech_models_have_the_parameters_that_the_paper_prints(unit):
    ours = count_parameters(unit, chung2014.SPEECH_UNITS[unit], 20)
    assert round(ours, -2) == chung2014.PAPER_PARAMETERS["speech"][unit]


def test_names_of_trials_differ_where_the_trials_do():
    trials = [
        chung2014.Trial(
            dataset=dataset,
            data="canonical",
            encoding="piano",
            unit=unit,
            units=units,
            candidate=candidate,
            learning_rate=1e-3,
            seed=seed,
            backend="jax",
            max_epochs=1,
            patience=1,
        )
        for dataset in chung2014.DATASETS
        for unit, units in chung2014.MUSIC_UNITS.items()
        for candidate in range(12)
        for seed in (0, 1, 10)
    ]
    assert len({trial.name for trial in trials}) == len(trials)
