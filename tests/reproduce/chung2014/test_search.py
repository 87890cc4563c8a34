"""The search for how each unit is trained best."""

import math
from dataclasses import replace

import keras
import pytest

from reproduce.spaces import draw
from reproduce.studies.chung2014.options import Options
from reproduce.studies.chung2014.paper import DATASETS, MUSIC, UNIT_NAMES
from reproduce.studies.chung2014.plan import plan
from reproduce.studies.chung2014.pruning import look_at
from reproduce.studies.chung2014.recipe import Recipe
from reproduce.studies.chung2014.search import (
    ROUND,
    recipe_of,
    search,
    space_of,
    starts_of,
)
from reproduce.studies.chung2014.trial import Trial
from tests.reproduce.examples import record_of, small_speech, small_task
from tests.reproduce.training.running import run_trial

DATASET = "jsb_chorales"


def ask(known=(), count=20, **options):
    options = Options(search=count, **{"units": ("gru",), **options})
    return search(options, DATASET, small_task(), known)


def best_near(rate):
    def score(trial):
        return abs(math.log(trial.learning_rate / rate)) + trial.recipe.dropout

    return score


def run(score, rounds=10, **options):
    """The trials of a whole search whose scores come from a function."""
    known = []
    for _ in range(rounds):
        trials = ask(known, **options)
        if len(trials) == len(known):
            return trials
        known = [record_of(trial, valid=score(trial)) for trial in trials]
    raise AssertionError("It does not end.")


@pytest.mark.once
def test_a_search_goes_on_by_rounds_and_ends():
    assert len(ask()) == ROUND
    first = ask()
    known = [record_of(trial) for trial in first]
    assert len(ask(known[:-1])) == ROUND
    assert ask(known)[:ROUND] == first and len(ask(known)) == 2 * ROUND
    trials = run(best_near(1e-2))
    assert [trial.candidate for trial in trials] == list(range(20))
    assert len({trial.name for trial in trials}) == 20


@pytest.mark.once
def test_every_machine_draws_the_same_and_results_matter():
    assert run(best_near(1e-2)) == run(best_near(1e-2))
    near, far = (
        run(best_near(rate), rounds=20, count=64)[-2 * ROUND :] for rate in (2e-3, 4e-2)
    )
    middle = [
        sorted(math.log(t.learning_rate) for t in trials)[ROUND]
        for trials in (near, far)
    ]
    assert math.exp(middle[0]) < 8e-3 < math.exp(middle[1])


@pytest.mark.once
def test_units_are_treated_alike():
    trials = ask(units=UNIT_NAMES)
    by_unit = {unit: [t for t in trials if t.unit == unit] for unit in UNIT_NAMES}
    recipes = {tuple(t.recipe for t in of_unit) for of_unit in by_unit.values()}
    assert len(recipes) == 1
    assert {t.units for t in by_unit["gru"]} == {46}


@pytest.mark.once
def test_a_diverged_trial_is_a_result():
    known = [record_of(trial, valid=math.nan) for trial in ask()]
    assert len(ask(known)) == 2 * ROUND


@pytest.mark.once
def test_later_rounds_are_pruned_by_what_the_rounds_before_had_reached():
    first = ask(prune=True)
    assert {(t.prune_epoch, t.prune_above) for t in first} == {(0, 0.0)}

    def record(trial, number):
        # The curves cross: what counts is what a trial had after a third of its epochs.
        epochs = trial.max_epochs
        early = 9.0 if number < 3 else 7.0
        history = {"valid_nll": [early] * look_at(epochs) + [5.0] * epochs}
        made = record_of(trial, valid=5.0)
        return replace(made, history={**made.history, **history})

    known = [record(trial, number) for number, trial in enumerate(first)]
    second = ask(known, prune=True)[ROUND:]
    assert {t.prune_above for t in second} == {7.0}
    assert all(t.prune_epoch == round(t.max_epochs / 3) for t in second)
    # Names and draws are those of a search without.
    plain = ask(known)[ROUND:]
    assert [t.name for t in second] == [t.name for t in plain]
    assert {t.prune_epoch for t in plain} == {0}


@pytest.mark.once
def test_where_most_diverged_nothing_is_pruned():
    nan = math.nan
    known = [record_of(trial, valid=nan) for trial in ask(prune=True)]
    known = [
        replace(r, history={**r.history, "valid_nll": [nan, nan, nan]}) for r in known
    ]
    assert {t.prune_epoch for t in ask(known, prune=True)} == {0}


@pytest.mark.once
def test_only_a_search_is_pruned():
    with pytest.raises(ValueError, match="--prune without --search"):
        plan(Options(prune=True), DATASET, small_task())


@pytest.mark.once
def test_the_plan_searches_if_asked():
    options = Options(search=3, units=("tanh",), epochs=2, patience=1)
    trials = plan(options, DATASET, small_task())
    assert {(t.protocol, t.max_epochs, t.patience) for t in trials} == {
        ("search", 2, 1)
    }
    assert options.size == "search"


@pytest.mark.once
@pytest.mark.parametrize("dataset", DATASETS)
def test_a_search_begins_with_its_starts_whatever_its_length(dataset):
    starts = starts_of(dataset)
    space = space_of(dataset)
    for start in starts:
        assert start.keys() == space.keys()
        assert all(
            space[n]._contains(space[n].to_internal_repr(start[n])) for n in space
        )
    for count in (1, 3, 20):
        options = Options(search=count, units=("gru",))
        trials = search(options, dataset, small_task(), ())
        assert len(trials) == min(count, ROUND)
        assert [(t.learning_rate, t.recipe) for t in trials[: len(starts)]] == [
            (start["learning_rate"], recipe_of(dataset, start))
            for start in starts[:count]
        ]


@pytest.mark.once
@pytest.mark.parametrize("dataset", DATASETS)
def test_what_is_drawn_is_a_recipe(dataset):
    for settings in draw(space_of(dataset), 0, 60):
        recipe = recipe_of(dataset, settings)
        assert isinstance(recipe, Recipe)
        assert not (recipe.l2 and recipe.weight_decay)
        assert bool(recipe.weight_noise) == (settings["noise"] != "none")
        assert recipe.learned_noise <= bool(recipe.weight_noise)
        # A head of a mixture has no log odds.
        assert recipe.marginal_bias == (dataset in MUSIC)
        assert recipe.optimizer == "adam"


def test_a_trial_of_the_search_survives_json():
    trial = ask()[0]
    assert Trial.from_config(trial.config) == trial


@pytest.mark.parametrize("dataset", ["musedata", "speech_b"])
def test_what_a_search_asks_for_can_be_trained(dataset, tmp_path):
    task = small_speech() if dataset == "speech_b" else small_task()
    options = Options(search=2, units=("gru",), epochs=2)
    for asked in search(options, dataset, task, ()):
        here = replace(asked, units=3, backend=keras.backend.backend())
        record = run_trial(here, task, tmp_path, lambda *_: None)
        assert math.isfinite(record.score("nll", "valid"))
