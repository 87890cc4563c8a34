import math

import numpy as np
import pandas as pd
import pytest

from reproduce.studies.odyssey2015.analysis.importance import (
    grow_forests,
    importance_table,
    percents,
)
from reproduce.studies.odyssey2015.analysis.marginals import (
    rate_curves,
    size_names,
    surface,
)
from reproduce.studies.odyssey2015.analysis.scores import SCORES, Score
from reproduce.studies.odyssey2015.names import ALL, VARIANTS
from reproduce.studies.odyssey2015.paper import HIGHER_ORDER
from tests.reproduce.odyssey2015.trials import make_trials

TWO = {"V": 0.0, "NFG": 0.2}
SET = "jsb_chorales"


def test_forests_of_all_variants_and_of_those_with_enough_trials():
    trials = make_trials(100, TWO)
    few = trials["variant"].eq("NFG") & trials["candidate"].eq(0)
    trials = trials[~few]
    forests = grow_forests(trials, trees=8)
    assert list(forests) == [(SET, ALL), (SET, "V")]
    table = importance_table(trials, forests)
    (missing,) = table[table["variant"] == "NFG"].to_dict("records")
    assert missing["note"] == "99 trials, a forest needs 100"
    assert math.isnan(missing["share"])
    pooled = table[table["variant"] == ALL].set_index("factor")
    assert pooled["trials"].eq(199).all() and pooled["draws"].eq(100).all()
    assert "variant" in pooled.index and "learning_rate x variant" in pooled.index
    alone = table[table["variant"] == "V"]["factor"].tolist()
    assert "variant" not in alone and len(alone) == 4 + 6 + 1
    assert pooled.loc["learning_rate", "paper_share"] == 0.91
    assert pooled.loc[HIGHER_ORDER, "paper_share"] == 0.05
    assert (pooled["low"] <= pooled["share"]).all()
    assert (pooled["share"] <= pooled["high"]).all()


def test_the_paper_is_of_the_set_of_the_same_role():
    trials = make_trials(100, {"V": 0.0}, dataset="flite_phones")
    scores = {"flite_phones": Score(20.0, 0.1, "score")}
    table = importance_table(trials, grow_forests(trials, scores, trees=4))
    found = table[table["variant"] == ALL].set_index("factor")["paper_share"]
    assert found["learning_rate"] == 0.67
    assert found["units"] == 0.10


def test_diverged_trials_count_as_the_cap():
    trials = make_trials(100, {"V": 0.0}, lambda rate, *_: 8.5 + 2.59 * (rate > 0.7))
    at_cap = trials["test"] > 10
    lost = trials.assign(test=trials["test"].where(~at_cap, math.nan))
    capped = trials.assign(test=trials["test"].where(~at_cap, 11.09))
    tables = [importance_table(t, grow_forests(t, trees=4)) for t in (lost, capped)]
    pd.testing.assert_frame_equal(*tables)


def test_nothing_to_explain():
    trials = make_trials(100, TWO).assign(test=math.inf, valid=math.inf)
    table = importance_table(trials, grow_forests(trials, trees=4))
    assert table["note"].tolist() == ["all scores are equal"] * 3
    assert table["share"].isna().all()


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (0.0001, "88 % (77 to 94 %)"),
        (0.002, "88 % (75 to 95 %)"),
        (0.01, "90 % (70 to 100 %)"),
        (0.5, "90 % (70 to 100 %)"),
    ],
)
def test_digits_that_the_seed_moves_are_not_shown(error, shown):
    assert percents(0.8788, 0.7743, 0.9361, error) == shown


def test_another_seed_shows_the_same():
    trials = make_trials(40, dict.fromkeys(VARIANTS, 0.0), spread=0.05)
    first, second = (
        importance_table(trials, grow_forests(trials, trees=64, seed=seed))
        .query("variant == 'all'")
        .set_index("factor")
        for seed in (0, 1)
    )
    assert (first["share"] != second["share"]).all()
    parts = [shown["shown"].str.split("(", expand=True) for shown in (first, second)]
    assert parts[0][0].to_dict() == parts[1][0].to_dict()
    # An end of an interval may lie beside a step.
    assert (parts[0][1] == parts[1][1]).mean() > 0.9


def bowl(rate, size, momentum, noise):
    """The best rate is 1e-3 at every size, and larger networks are better."""
    return 8.5 + 6 * (rate - 0.75) ** 2 - 0.5 * size


@pytest.fixture(scope="module")
def forest():
    trials = make_trials(300, {"V": 0.0}, bowl, spread=0.0)
    return grow_forests(trials, SCORES, trees=24)[SET, "V"]


def test_rate_curves_are_the_means_of_the_function(forest):
    curves = rate_curves(forest)
    assert curves["size"].unique().tolist() == [ALL, *size_names(forest)]
    for part, mean_size in zip((ALL, *size_names(forest)), (3, 1, 3, 5), strict=True):
        curve = curves[curves["size"] == part]
        rate = np.log10(curve["learning_rate"] / 1e-6) / 4
        wanted = bowl(rate, mean_size / 6, 0, 0)
        assert np.abs(curve["mean"] - wanted).mean() < 0.1
        assert (curve["low"] <= curve["mean"]).all()
        assert (curve["mean"] <= curve["high"]).all()
    assert size_names(forest)[0] == "20 to 43 units"


def test_surface_has_its_valley_at_the_best_rate(forest):
    table = surface(forest)
    assert table.index[0] > 1e-6 and table.index[-1] < 1e-2
    best = table.index[table.to_numpy().argmin(axis=0)]
    assert ((best > 5e-4) & (best < 2e-3)).all()
    rates = np.log10(table.index / 1e-6) / 4
    sizes = np.log10(table.columns / 20)
    wanted = bowl(rates.to_numpy()[:, None], sizes.to_numpy()[None], 0, 0)
    assert np.abs(table.to_numpy() - wanted).mean() < 0.12
