"""Verdicts follow the data, and turn when the data turn."""

import math

import pandas as pd
import pytest

from reproduce.studies.odyssey2015.analysis.claims import (
    CLAIMS,
    HELD,
    NOT_HELD,
    UNDECIDED,
    claim_table,
)
from reproduce.studies.odyssey2015.analysis.importance import (
    IMPORTANCE_COLUMNS,
    grow_forests,
    importance_table,
)
from reproduce.studies.odyssey2015.analysis.scores import SCORES, Score
from tests.reproduce.odyssey2015.trials import AS_IN_THE_PAPER, NO_EFFECT, make_trials

NO_GAIN, MATTER_MOST, NO_HARM, NOT_WORTH, RATE_RULES, APART = CLAIMS
SET = "jsb_chorales"
NO_SHARES = pd.DataFrame(columns=list(IMPORTANCE_COLUMNS))


def verdicts(trials, importance=NO_SHARES, measure="over the draws"):
    """By claim and comparison."""
    table = claim_table(trials, importance)
    table = table[table["measure"].str.contains(measure)]
    return table.set_index(["claim", "comparison"])["verdict"].to_dict()


def with_effects(draws=30, **changes):
    return make_trials(draws, {**AS_IN_THE_PAPER, **changes})


def test_as_in_the_paper_every_claim_about_variants_holds():
    found = verdicts(with_effects())
    assert set(found.values()) == {HELD}
    assert [claim for claim, _ in found].count(NO_GAIN) == 9
    assert (MATTER_MOST, "NFG minus FGR") in found
    assert (NOT_WORTH, "FGR / V") in found


def test_a_variant_that_improves():
    found = verdicts(with_effects(NIG=-0.05))
    assert found[NO_GAIN, "NIG minus V"] == NOT_HELD
    assert found[NO_GAIN, "NIAF minus V"] == HELD
    assert found[NO_GAIN, "all variants"] == NOT_HELD


def test_no_gain_needs_all_variants_and_enough_draws():
    seven = {name: by for name, by in AS_IN_THE_PAPER.items() if name != "NIG"}
    trials = make_trials(30, seven)
    assert verdicts(trials)[NO_GAIN, "all variants"] == UNDECIDED
    notes = claim_table(trials, NO_SHARES).set_index("comparison")["note"]
    assert notes["all variants"] == "not run: NIG"
    assert verdicts(with_effects(draws=3))[NO_GAIN, "all variants"] == UNDECIDED


@pytest.mark.parametrize(
    ("effects", "of_gate", "of_both", "rival"),
    [
        ({"NFG": 0.0}, NOT_HELD, NOT_HELD, "NFG minus FGR"),
        ({"NFG": -0.3}, NOT_HELD, NOT_HELD, "NFG minus FGR"),
        ({"NIG": 0.9}, HELD, NOT_HELD, "NFG minus NIG"),
        ({"NIG": 0.3}, HELD, UNDECIDED, "NFG minus NIG"),
        ({"NOAF": 0.2}, HELD, HELD, "NOAF minus FGR"),
    ],
    ids=["no effect", "better", "a stronger rival", "an equal rival", "the other"],
)
def test_what_matters_most(effects, of_gate, of_both, rival):
    found = verdicts(with_effects(**effects))
    assert found[MATTER_MOST, "NFG minus V"] == of_gate
    assert found[MATTER_MOST, rival] == of_both


def test_an_effect_that_can_be_neither_shown_nor_excluded():
    trials = make_trials(8, {**NO_EFFECT, "NFG": 0.1}, spread=0.3)
    found = verdicts(trials)
    assert found[MATTER_MOST, "NFG minus V"] == UNDECIDED
    assert found[NO_HARM, "CIFG minus V"] == UNDECIDED


@pytest.mark.parametrize(
    ("effect", "verdict"),
    [(0.0, HELD), (0.05, HELD), (0.3, NOT_HELD), (-0.3, HELD)],
    ids=["equal", "worse within the margin", "worse", "better"],
)
def test_harm(effect, verdict):
    found = verdicts(with_effects(CIFG=effect))
    assert found[NO_HARM, "CIFG minus V"] == verdict
    assert found[NO_HARM, "NP minus V"] == HELD


def test_the_margin_is_that_of_the_set():
    trials = with_effects(CIFG=0.05)
    strict = claim_table(trials, NO_SHARES, {SET: Score(11.09, 0.02, "score")})
    (row,) = strict[
        (strict["claim"] == NO_HARM) & strict["test"].str.contains("one-s")
    ][["comparison", "verdict", "note"]].to_dict("records")[:1]
    assert row == {
        "comparison": "CIFG minus V",
        "verdict": NOT_HELD,
        "note": "within 0.02",
    }


def test_full_gate_recurrence():
    trials = with_effects(FGR=-0.2)
    assert verdicts(trials)[NOT_WORTH, "FGR minus V"] == NOT_HELD
    small = trials.assign(total_parameters=1500)
    assert verdicts(small)[NOT_WORTH, "FGR / V"] == NOT_HELD
    table = claim_table(trials, NO_SHARES).set_index("comparison")
    row = table.loc["FGR / V"]
    assert (row["effect"], row["paper"]) == (2.0, "2.26")


def test_best_tenths_decide_at_the_papers_size_only():
    few = with_effects(draws=40)
    assert set(verdicts(few, measure="best tenths").values()) == {UNDECIDED}
    full = verdicts(with_effects(200, NIG=-0.2, NP=0.2), measure="best tenths")
    assert full[NO_GAIN, "NIG minus V"] == NOT_HELD
    assert full[NO_GAIN, "NOG minus V"] == HELD
    assert full[MATTER_MOST, "NFG minus V"] == HELD
    assert full[NO_HARM, "CIFG minus V"] == HELD
    assert full[NO_HARM, "NP minus V"] == NOT_HELD
    assert full[NOT_WORTH, "FGR minus V"] == HELD


def test_the_papers_numbers_stand_beside_ours():
    table = claim_table(with_effects(), NO_SHARES)
    papers = table[table["claim"] == NO_GAIN].set_index("comparison")["paper"].to_dict()
    assert papers["NIG minus V"] == "-0.034"
    assert papers["FGR minus V"] == "+0.071*"
    assert papers["NOAF minus V"] == "off its scale*"
    other = with_effects().assign(dataset="flite_phones")
    table = claim_table(other, NO_SHARES, {"flite_phones": SCORES[SET]})
    assert not table["paper"].any()


def of_factors(score, draws=100, **options):
    trials = make_trials(draws, {"V": 0.0, "NP": 0.0}, score, **options)
    importance = importance_table(trials, grow_forests(trials, trees=32))
    found = verdicts(trials, importance, "share of the variance")
    return {comparison: verdict for (_, comparison), verdict in found.items()}


INTERACTION = "interaction of learning rate and units"


@pytest.mark.parametrize(
    ("score", "wanted"),
    [
        (lambda r, u, m, n: 8.5 + 2 * r, (HELD, HELD, HELD, HELD)),
        (lambda r, u, m, n: 8.5 + 2 * m, (NOT_HELD, NOT_HELD, HELD, HELD)),
        (
            # A third of the variance each for rate, units and both.
            lambda r, u, m, n: 8.5 + 2 * (r > 0.5) * (u > 0.5),
            (NOT_HELD, UNDECIDED, NOT_HELD, NOT_HELD),
        ),
    ],
    ids=["rate", "momentum", "interaction"],
)
def test_verdicts_on_hyper_parameters(score, wanted):
    found = of_factors(score)
    names = ("learning rate", "momentum", INTERACTION, "all interactions")
    assert tuple(found[name] for name in names) == wanted


def test_few_draws_decide_nothing_about_interactions():
    found = of_factors(lambda rate, *_: 8.5 + 2 * rate, draws=59)
    assert found["learning rate"] == HELD
    assert found[INTERACTION] == found["all interactions"] == UNDECIDED


def test_without_a_forest_the_table_says_why():
    trials = make_trials(3)
    table = claim_table(trials, importance_table(trials, {}))
    rows = table[table["claim"].isin([RATE_RULES, APART])]
    assert rows["verdict"].eq(UNDECIDED).all()
    assert rows["note"].eq("27 trials, a forest needs 100").all()


@pytest.mark.parametrize(
    "trials",
    [
        make_trials(1),
        make_trials(1, {"V": 0.0}),
        make_trials(4, {"V": 0.0, "NFG": 0.1}),
        make_trials(12).assign(test=math.nan, valid=math.nan),
        make_trials(2).query("variant != 'NOAF'"),
    ],
    ids=["one draw", "vanilla only", "two variants", "all diverged", "one is missing"],
)
def test_what_cannot_be_tested_is_not_decided(trials):
    found = verdicts(trials, importance_table(trials, grow_forests(trials, trees=2)))
    found.pop((NOT_WORTH, "FGR / V"), None)
    assert set(found.values()) == {UNDECIDED}


def test_ties_are_equal():
    found = verdicts(make_trials(20, spread=0.0))
    assert found[NO_GAIN, "all variants"] == HELD
    assert found[NO_HARM, "NP minus V"] == HELD
    assert found[MATTER_MOST, "NFG minus V"] == NOT_HELD


def test_sets_are_judged_one_by_one():
    two = pd.concat(
        [with_effects(), make_trials(30, NO_EFFECT, dataset="omniglot_words")]
    )
    scores = {**SCORES, "omniglot_words": Score(20.0, 0.1, "score")}
    table = claim_table(two, NO_SHARES, scores)
    rows = table[table["comparison"].eq("NFG minus V") & table["claim"].eq(MATTER_MOST)]
    rows = rows[rows["measure"].str.contains("over the draws")]
    assert rows.set_index("dataset")["verdict"].to_dict() == {
        SET: HELD,
        "omniglot_words": NOT_HELD,
    }


def test_vanilla_is_needed():
    with pytest.raises(ValueError, match="no trial of vanilla"):
        claim_table(make_trials(3, {"NP": 0.0}), NO_SHARES)
