import math
from typing import get_args

import pytest

from reproduce.studies.chung2014.options import Protocol
from reproduce.studies.chung2014.paper import DATASETS, SPEECH, UNIT_NAMES
from reproduce.studies.chung2014.protocols import PROTOCOLS, QUICK
from reproduce.studies.chung2014.recipe import Recipe


def test_the_command_line_knows_all_protocols():
    assert tuple(PROTOCOLS) == get_args(Protocol)


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


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_paper_and_its_code_train_all_units_alike(dataset):
    for name in ("paper", "code"):
        protocol = PROTOCOLS[name]
        ways = [
            (protocol.recipe(dataset, u), protocol.budget(dataset, u, full=True))
            for u in UNIT_NAMES
        ]
        assert len(set(ways)) == 1


def test_an_exception_holds_for_its_unit_alone():
    ours = PROTOCOLS["ours"]
    for (dataset, unit), (recipe, budget) in ours.exceptions.items():
        assert ours.recipe(dataset, unit) == recipe != ours.recipes[dataset]
        assert ours.budget(dataset, unit, full=True) == budget
        for other in set(UNIT_NAMES) - {unit}:
            assert ours.recipe(dataset, other) == ours.recipes[dataset]


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("unit", UNIT_NAMES)
def test_budgets(protocol, dataset, unit):
    protocol = PROTOCOLS[protocol]
    full = protocol.budget(dataset, unit, full=True)
    short = protocol.budget(dataset, unit, full=False)
    assert full.trials == protocol.recipe(dataset, unit).candidates
    assert short.trials == min(full.trials, QUICK.trials)
    assert short.max_epochs == min(full.max_epochs, QUICK.max_epochs)
    assert short.patience == min(full.patience, QUICK.patience)


def test_recipes_that_are_equal_have_equal_hashes():
    assert hash(Recipe()) == hash(PROTOCOLS["paper"].recipes["nottingham"])
