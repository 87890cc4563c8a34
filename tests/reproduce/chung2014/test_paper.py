import math

import numpy as np
import pytest

from keras_gated.models import count_parameters
from reproduce.studies.chung2014 import paper
from reproduce.studies.chung2014.paper import draw_learning_rates


def test_rates_are_drawn_log_uniformly_between_exp_minus_12_and_exp_minus_6():
    rates = [
        rate for seed in range(200) for rate in draw_learning_rates(10, seed).values()
    ]
    exponents = np.log(rates)
    assert exponents.min() >= -12 and exponents.max() <= -6
    assert abs(exponents.mean() + 9) < 0.1
    assert abs(exponents.std() - 6 / math.sqrt(12)) < 0.1


def test_another_range_is_the_one_drawn_from():
    low, high = math.log(1e-3), math.log(5e-3)
    rates = [
        rate
        for seed in range(200)
        for rate in draw_learning_rates(3, seed, (low, high), 3).values()
    ]
    assert 1e-3 <= min(rates) < 1.05e-3
    assert 4.9e-3 < max(rates) <= 5e-3
    assert abs(np.mean(np.log(rates)) - (low + high) / 2) < 0.1


def test_a_range_of_one_point_gives_its_rate():
    rate = math.log(1e-3)
    assert draw_learning_rates(1, 5, (rate, rate), 1) == {0: pytest.approx(1e-3)}


def test_fewer_trials_take_the_largest_of_the_same_ten_rates():
    ten = draw_learning_rates(10, seed=3)
    three = draw_learning_rates(3, seed=3)
    assert list(three.values()) == sorted(ten.values(), reverse=True)[:3]
    assert all(ten[candidate] == rate for candidate, rate in three.items())


@pytest.mark.parametrize(("trials", "candidates"), [(2, 3), (3, 3), (5, 3), (12, 10)])
def test_the_best_of_the_candidates_or_as_many_as_are_tried(trials, candidates):
    found = draw_learning_rates(trials, seed=1, candidates=candidates)
    every = draw_learning_rates(100, seed=1)
    drawn = {number: every[number] for number in range(max(trials, candidates))}
    largest = sorted(drawn, key=drawn.get, reverse=True)[:trials]
    assert list(found.items()) == [(number, drawn[number]) for number in largest]


def test_rates_depend_on_the_seed_alone():
    assert draw_learning_rates(10, 1) == draw_learning_rates(10, 1)
    assert draw_learning_rates(10, 1) != draw_learning_rates(10, 2)


@pytest.mark.parametrize("unit", paper.SPEECH_UNITS)
def test_speech_models_have_the_parameters_that_the_paper_prints(unit):
    ours = count_parameters(unit, paper.SPEECH_UNITS[unit], 20)
    assert round(ours, -2) == paper.PAPER_PARAMETERS["speech"][unit]


def test_every_data_set_has_its_units_title_and_numbers():
    for dataset in paper.DATASETS:
        speech = dataset in paper.SPEECH
        sizes = paper.SPEECH_UNITS if speech else paper.MUSIC_UNITS
        assert paper.units_of(dataset) == sizes
        assert paper.TITLES[dataset]
        assert paper.PAPER_NLL[dataset].keys() == sizes.keys()
