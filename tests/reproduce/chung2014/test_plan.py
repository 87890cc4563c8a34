import json
from dataclasses import fields, replace
from typing import get_args

import numpy as np
import pytest

from keras_gated.models import count_parameters
from reproduce.studies.chung2014.models import count_units, layer_arguments
from reproduce.studies.chung2014.options import ARMS, Arm, Options
from reproduce.studies.chung2014.paper import (
    DATASETS,
    MUSIC_UNITS,
    SPEECH,
    UNIT_NAMES,
    units_of,
)
from reproduce.studies.chung2014.plan import plan
from reproduce.studies.chung2014.protocols import PROTOCOLS
from reproduce.studies.chung2014.recipe import Recipe
from reproduce.task import Task
from tests.reproduce.examples import TRIAL, trial


def task(size=88, output_size=None, encoding="piano"):
    """A task of which only the sizes matter."""
    sequences = [np.zeros((1, size))]
    return Task(
        splits={"train": (sequences, sequences)},
        data="canonical",
        source="made up",
        fingerprint="0f",
        head=None,
        loss=None,
        output_size=output_size or size,
        encoding=encoding,
    )


def of_dataset(dataset):
    return task(20, 420, "") if dataset in SPEECH else task()


def make_plan(protocol="paper", **options):
    options = {"trials": 3, "epochs": 20, "patience": 4, **options}
    return plan(Options(protocol=(protocol,), **options), "jsb_chorales", task())


def test_the_command_line_knows_all_arms():
    assert tuple(ARMS) == get_args(Arm)


def test_names_differ_where_trials_do():
    trials = [
        trial(
            protocol=protocol,
            arm=arm,
            dataset=dataset,
            unit=unit,
            candidate=candidate,
            seed=seed,
            backend=backend,
        )
        for protocol in PROTOCOLS
        for arm in ARMS
        for dataset in DATASETS
        for unit in UNIT_NAMES
        for candidate in range(12)
        for seed in (0, 1, 10)
        for backend in ("jax", "torch")
    ]
    assert len({trial.name for trial in trials}) == len(trials)
    assert len({trial.competition for trial in trials}) == len(trials) / 12


def test_trials_of_one_competition_differ_in_the_rate_alone():
    planned = make_plan(seeds=(0, 1))
    competitions = {}
    for one in planned:
        competitions.setdefault(one.competition, []).append(one)
    assert len(competitions) == 6
    for trials in competitions.values():
        same = {replace(t, candidate=0, learning_rate=0.0).digest for t in trials}
        assert len(same) == 1
        assert len({t.candidate for t in trials}) == 3


def other(value):
    """A value that is not this one, of its type."""
    match value:
        case bool():
            return not value
        case str():
            return value + " else"
        case int() | float():
            return value + 1
        case tuple():
            return (*value[:-1], value[-1] + 1)
        case dict():
            return {**value, "reset_after": True}
        case Recipe():
            return replace(value, batch_size=value.batch_size + 1)
    raise TypeError(value)


def test_the_digest_differs_where_any_field_does():
    digests = [TRIAL.digest]
    for name in (field.name for field in fields(TRIAL)):
        digests.append(replace(TRIAL, **{name: other(getattr(TRIAL, name))}).digest)
    recipe = TRIAL.recipe
    for name in (field.name for field in fields(recipe)):
        changed = replace(recipe, **{name: other(getattr(recipe, name))})
        if name != "batch_size":
            digests.append(replace(TRIAL, recipe=changed).digest)
    assert len(digests) == len(fields(TRIAL)) + len(fields(recipe))
    assert len(set(digests)) == len(digests)
    assert replace(TRIAL, seed=TRIAL.seed).digest == TRIAL.digest


def test_the_digest_tells_an_argument_that_is_off_from_one_that_is_on():
    on, off = (trial(layer_arguments={"reset_after": value}) for value in (True, False))
    assert on.digest != off.digest


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_config_survives_json(protocol):
    for one in make_plan(protocol, trials=1, arms=tuple(ARMS)):
        config = one.config
        assert json.loads(json.dumps(config, allow_nan=False)) == config
        assert config.keys() == {field.name for field in fields(one)}
        assert config["recipe"].keys() == {field.name for field in fields(Recipe)}


def test_the_config_is_a_copy():
    one = trial(layer_arguments={"reset_after": True})
    one.config["layer_arguments"]["reset_after"] = False
    assert one.layer_arguments == {"reset_after": True}


def test_the_largest_rates_of_all_seeds_units_and_arms_come_first():
    planned = make_plan(arms=("table1", "no_peepholes"), seeds=(0, 1))
    at_once = 2 * (3 + 1)
    assert len(planned) == 3 * at_once
    for seed in (0, 1):
        rates = [
            [
                t.learning_rate
                for t in planned[first : first + at_once]
                if t.seed == seed
            ]
            for first in range(0, len(planned), at_once)
        ]
        assert [len(ranked) for ranked in rates] == [4, 4, 4]
        assert all(len(set(ranked)) == 1 for ranked in rates)
        assert rates[0][0] > rates[1][0] > rates[2][0]
    assert planned[0].learning_rate != planned[at_once // 2].learning_rate
    assert len({t.name for t in planned}) == len(planned)


def test_units_of_a_seed_share_their_rates():
    by_candidate = {}
    for one in make_plan(units=("lstm", "gru")):
        by_candidate.setdefault(one.candidate, set()).add(one.learning_rate)
    assert all(len(rates) == 1 for rates in by_candidate.values())


def test_a_trial_has_what_was_asked_for():
    first = make_plan(units=("gru",), seeds=(7,))[0]
    assert (first.max_epochs, first.patience, first.seed) == (20, 4, 7)
    assert (first.data, first.data_fingerprint) == ("canonical", "0f")
    assert (first.dataset, first.encoding) == ("jsb_chorales", "piano")
    assert (first.unit, first.units, first.backend) == ("gru", 46, "jax")
    assert first.recipe == PROTOCOLS["paper"].recipes["jsb_chorales", "gru"]


def test_the_code_protocol_tries_one_rate_of_a_thousandth():
    planned = make_plan("code", trials=1, seeds=(0, 1, 2))
    assert len(planned) == 9
    assert {t.candidate for t in planned} == {0}
    assert [t.learning_rate for t in planned] == pytest.approx([1e-3] * 9)


@pytest.mark.parametrize("arm", ARMS)
def test_an_arm_has_its_units_alone(arm):
    assert tuple(t.unit for t in make_plan(arms=(arm,)))[: len(ARMS[arm])] == ARMS[arm]
    assert {t.unit for t in make_plan(arms=(arm,))} == set(ARMS[arm])
    assert {t.unit for t in make_plan(arms=(arm,), units=("tanh",))} == {"tanh"} & set(
        ARMS[arm]
    )


@pytest.mark.parametrize("arm", sorted(set(ARMS) - {"total"}))
@pytest.mark.parametrize("dataset", DATASETS)
def test_most_arms_have_the_units_of_table_1(arm, dataset):
    for unit in ARMS[arm]:
        found = count_units(arm, unit, dataset, of_dataset(dataset))
        assert found == units_of(dataset)[unit]


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("unit", ARMS["total"])
def test_totals_are_within_half_a_unit_of_the_lstm(dataset, unit):
    known = of_dataset(dataset)
    sizes = {"input_size": known.input_size, "output_size": known.output_size}
    wanted = count_parameters("lstm", units_of(dataset)["lstm"], **sizes)
    units = count_units("total", unit, dataset, known)
    found = count_parameters(unit, units, **sizes)
    one_more = count_parameters(unit, units + 1, **sizes) - found
    assert abs(found - wanted) <= one_more / 2
    assert units != units_of(dataset)[unit]


@pytest.mark.parametrize("size", [93, 96, 105, 108])
def test_totals_follow_the_size_of_the_input(size):
    wanted = count_parameters("lstm", MUSIC_UNITS["lstm"], size, output_size=size)
    units = count_units("total", "tanh", "musedata", task(size))
    found = count_parameters("tanh", units, size, output_size=size)
    assert abs(found - wanted) <= (2 * size + 2 * units + 2) / 2


@pytest.mark.parametrize(
    ("arm", "unit", "peepholes", "arguments"),
    [
        ("table1", "lstm", True, {"unit_forget_bias": False, "use_peepholes": True}),
        ("table1", "lstm", False, {"unit_forget_bias": False, "use_peepholes": False}),
        (
            "no_peepholes",
            "lstm",
            True,
            {"unit_forget_bias": False, "use_peepholes": False},
        ),
        ("table1", "gru", True, {"reset_after": False}),
        ("total", "gru", True, {"reset_after": False}),
        ("reset_after", "gru", True, {"reset_after": True}),
        ("table1", "tanh", True, {}),
        ("total", "tanh", True, {}),
    ],
)
def test_arguments_of_the_layer(arm, unit, peepholes, arguments):
    assert layer_arguments(arm, unit, Recipe(peepholes=peepholes)) == arguments
