import math

import pytest

from reproduce.options import PROTOCOLS as NAMES
from reproduce.studies.chung2014 import DATASETS, SPEECH
from reproduce.studies.protocols import PROTOCOLS, Budget, Recipe, budget_of


def test_the_command_line_knows_all_protocols():
    assert tuple(PROTOCOLS) == NAMES


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_data_set_has_a_recipe_and_a_budget(protocol):
    assert set(PROTOCOLS[protocol].recipes) == set(DATASETS)
    assert set(PROTOCOLS[protocol].budgets) == set(DATASETS)


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_paper_draws_ten_rates_clips_gradients_and_adds_noise(dataset):
    recipe = PROTOCOLS["paper"].recipes[dataset]
    assert (recipe.optimizer, recipe.clip, recipe.max_norm) == (
        "rmsprop",
        "gradient",
        1.0,
    )
    assert recipe.weight_noise == 0.075
    assert recipe.peepholes
    assert (recipe.candidates, recipe.log_rate_range) == (10, (-12.0, -6.0))


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_code_has_one_rate_of_a_thousandth(dataset):
    recipe = PROTOCOLS["code"].recipes[dataset]
    assert recipe.candidates == 1
    assert [math.exp(end) for end in recipe.log_rate_range] == pytest.approx([1e-3] * 2)
    assert (recipe.batch_size, recipe.reduction, recipe.decay) == (1, "sum", "linear")
    assert recipe.optimizer == "floored_rmsprop"
    assert (recipe.clip, recipe.max_norm) == ("update", 1.0)
    assert not recipe.peepholes


def test_ours_judges_averaged_weights_and_has_no_noise_on_speech():
    recipes = PROTOCOLS["ours"].recipes
    assert all(recipe.averaging for recipe in recipes.values())
    assert {
        dataset for dataset in DATASETS if not recipes[dataset].weight_noise
    } == set(SPEECH)


@pytest.mark.parametrize("full", [True, False])
def test_budgets_of_chorales(full):
    expected = {
        "paper": (Budget(3, 300, 30), Budget(10, 350, 40)),
        "code": (Budget(1, 300, 30), Budget(1, 500, 500)),
        "ours": (Budget(3, 300, 30), Budget(4, 350, 40)),
    }
    for protocol, budgets in expected.items():
        assert budget_of(protocol, "jsb_chorales", full) == budgets[full]


def test_a_short_run_spends_no_more_than_a_full_one():
    assert budget_of("paper", "speech_a", full=False) == Budget(3, 60, 10)
    assert budget_of("paper", "speech_a", full=True) == Budget(10, 60, 10)
    assert budget_of("paper", "musedata", full=False) == Budget(3, 200, 20)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("dataset", DATASETS)
def test_no_budget_tries_more_rates_than_are_drawn(protocol, dataset):
    candidates = PROTOCOLS[protocol].recipes[dataset].candidates
    assert budget_of(protocol, dataset, full=True).trials == candidates


def test_recipes_that_are_equal_have_equal_hashes():
    assert hash(Recipe()) == hash(PROTOCOLS["paper"].recipes["nottingham"])
