import itertools
import math
from typing import get_args

import pytest

from reproduce.studies.chung2014.found import FOUND
from reproduce.studies.chung2014.options import Protocol
from reproduce.studies.chung2014.paper import (
    DATASETS,
    UNIT_NAMES,
    draw_learning_rates,
)
from reproduce.studies.chung2014.protocols import PROTOCOLS, QUICK, Budget
from reproduce.studies.chung2014.recipe import Recipe, base_of


def test_the_command_line_knows_all_protocols():
    assert tuple(PROTOCOLS) == get_args(Protocol)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_model_has_a_recipe_and_a_budget(protocol):
    models = set(itertools.product(DATASETS, UNIT_NAMES))
    assert set(PROTOCOLS[protocol].recipes) == models
    assert set(PROTOCOLS[protocol].budgets) == models


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_paper_draws_ten_rates_clips_gradients_and_adds_noise(dataset):
    recipe = PROTOCOLS["paper"].recipes[dataset, "gru"]
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
    recipe = PROTOCOLS["code"].recipes[dataset, "gru"]
    assert recipe.candidates == 1
    assert [math.exp(end) for end in recipe.log_rate_range] == pytest.approx([1e-3] * 2)
    assert (recipe.batch_size, recipe.reduction, recipe.decay) == (1, "sum", "linear")
    assert recipe.optimizer == "floored_rmsprop"
    assert (recipe.clip, recipe.max_norm) == ("update", 1.0)
    assert not recipe.peepholes


@pytest.mark.parametrize("model", FOUND)
def test_ours_is_what_the_search_found(model):
    recipe = PROTOCOLS["ours"].recipes[model]
    settings = {
        name: getattr(recipe, name)
        for name in ("optimizer", "decay", "marginal_bias", "clip", "initial_weights")
    }
    assert settings == {name: getattr(base_of(model[0]), name) for name in settings}
    # One penalty at most, and one rate.
    assert not (recipe.l2 and recipe.weight_decay)
    (rate,) = draw_learning_rates(
        1, 5, recipe.log_rate_range, recipe.candidates
    ).values()
    assert rate == pytest.approx(math.exp(recipe.log_rate_range[0]))
    budget = PROTOCOLS["ours"].budget(*model, full=True)
    assert budget == Budget(1, FOUND[model].epochs, FOUND[model].epochs)


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_paper_and_its_code_train_all_units_alike(dataset):
    for name in ("paper", "code"):
        protocol = PROTOCOLS[name]
        ways = [
            (protocol.recipes[dataset, u], protocol.budget(dataset, u, full=True))
            for u in UNIT_NAMES
        ]
        assert len(set(ways)) == 1


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("unit", UNIT_NAMES)
def test_budgets(protocol, dataset, unit):
    protocol = PROTOCOLS[protocol]
    full = protocol.budget(dataset, unit, full=True)
    short = protocol.budget(dataset, unit, full=False)
    assert full.trials == protocol.recipes[dataset, unit].candidates
    assert short.trials == min(full.trials, QUICK.trials)
    assert short.max_epochs == min(full.max_epochs, QUICK.max_epochs)
    assert short.patience == min(full.patience, QUICK.patience)


def test_recipes_that_are_equal_have_equal_hashes():
    assert hash(Recipe()) == hash(PROTOCOLS["paper"].recipes["nottingham", "tanh"])
