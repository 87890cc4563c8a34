"""Verdicts, from made-up tunes and nats."""

import numpy as np
import pytest

from reproduce.studies.tunes.claims import claim_table
from reproduce.studies.tunes.claims.intervals import mean_of
from reproduce.studies.tunes.claims.nats import GATED, NETWORKS, TOKENS_WIN
from reproduce.studies.tunes.claims.written import (
    AS_FORMED,
    BETTER_FORMED,
    FORM,
    FORMED,
    MATCH,
    MORE_FORM,
    NO_COPIES,
    SHORT_RUNS,
)
from reproduce.studies.tunes.judging import COUNTS, FLAGS, NUMBERS
from reproduce.studies.tunes.names import HELD_OUT, NGRAM
from reproduce.studies.tunes.training import DISTANCES, TUNES
from reproduce.study import Results
from reproduce.training.left import save_left
from reproduce.verdicts import HELD, NOT_HELD, UNDECIDED
from tests.reproduce.tunes.tiny import record_of, task_of, trial_of

TASKS = {kind: task_of(kind) for kind in ("tokens", "characters")}


def ones(share, count=200):
    """As many ones among zeros as make a share."""
    return (np.arange(count) < round(share * count)).astype(float)


def columns(**shares):
    """Columns of tunes with a share of ones, and numbers that are all alike."""
    return {
        name: ones(shares.get(name, 0.5))
        if name in FLAGS or name == "similarity"
        else np.full(200, float(shares.get(name, 5)))
        for name in (*FLAGS, *NUMBERS)
    }


def beside(name, distance=0.2, **shares):
    return {
        "dataset": "nottingham",
        "data": "canonical",
        "name": name,
        "nll": 1.5,
        "per_note": 2.5,
        "judged": {name: column.tolist() for name, column in columns(**shares).items()},
        "distances": {count: [distance, 0.1, 0.3] for count in COUNTS},
    }


def found(folder, shares, distance=(0.2, 0.15, 0.25), baselines=None, seeds=(0,)):
    records = []
    for seed in seeds:
        trial = trial_of(TASKS["tokens"], seed=seed)
        left = {name: [column] for name, column in columns(**shares).items()}
        left[TUNES] = [np.zeros(1, np.uint8)]
        left[DISTANCES] = [np.tile(distance, (len(COUNTS), 1))]
        save_left(trial, left, folder)
        records.append(record_of(trial))
    if baselines is None:
        baselines = [beside(HELD_OUT), beside(NGRAM)]
    return claim_table(Results(records, baselines, folder=folder))


def verdicts(table, claim):
    return table.loc[table["claim"] == claim, "verdict"].tolist()


@pytest.mark.parametrize(
    ("share", "ngram", "verdict", "better", "held_out"),
    [
        (0.99, 0.5, HELD, HELD, HELD),
        (0.92, 0.9, UNDECIDED, UNDECIDED, UNDECIDED),
        (0.6, 0.9, NOT_HELD, NOT_HELD, NOT_HELD),
    ],
)
def test_well_formed_tunes(share, ngram, verdict, better, held_out, tmp_path):
    baselines = [beside(HELD_OUT, well_formed=0.95), beside(NGRAM, well_formed=ngram)]
    table = found(tmp_path, {"well_formed": share}, baselines=baselines)
    assert verdicts(table, FORMED) == [verdict]
    assert verdicts(table, BETTER_FORMED) == [better]
    assert verdicts(table, AS_FORMED) == [held_out]
    row = table[table["claim"] == FORMED].iloc[0]
    assert row[["effect", "held_out", "ngram"]].tolist() == [share, 0.95, ngram]
    assert row["low"] <= share <= row["high"]
    assert (row["n"], row["note"]) == (200, "one seed")


@pytest.mark.parametrize(
    ("share", "run", "verdict"),
    [(0.1, 5, HELD), (0.5, 8, UNDECIDED), (0.9, 8, NOT_HELD)],
)
def test_copies(share, run, verdict, tmp_path):
    table = found(
        tmp_path, {"copies": share, "copies_in_any_key": share, "copied": run}
    )
    assert verdicts(table, NO_COPIES) == [verdict] * 2
    assert verdicts(table, SHORT_RUNS) == [HELD if run == 5 else NOT_HELD]


@pytest.mark.parametrize(
    ("share", "held_out", "more"),
    [(0.9, HELD, HELD), (0.5, UNDECIDED, UNDECIDED), (0.1, NOT_HELD, NOT_HELD)],
)
def test_form(share, held_out, more, tmp_path):
    table = found(tmp_path, {"two_parts": share, "similarity": share})
    assert verdicts(table, FORM) == [held_out] * 2
    assert verdicts(table, MORE_FORM) == [more] * 2


@pytest.mark.parametrize(
    ("distance", "verdict"),
    [
        ((0.29, 0.2, 0.4), HELD),
        ((0.31, 0.2, 0.4), UNDECIDED),
        ((0.4, 0.31, 0.5), NOT_HELD),
    ],
)
def test_statistics(distance, verdict, tmp_path):
    assert verdicts(found(tmp_path, {}, distance), MATCH) == [verdict] * len(COUNTS)


def test_without_anything_beside_little_is_decided(tmp_path):
    table = found(tmp_path, {"well_formed": 1.0}, baselines=[], seeds=(0, 1))
    decided = table[table["verdict"] != UNDECIDED]
    assert decided["claim"].tolist() == [FORMED]
    row = decided.iloc[0]
    assert (row["n"], row["note"]) == (400, "2 seeds")


def test_tunes_that_lie_elsewhere_are_not_judged(tmp_path):
    record = record_of(trial_of(TASKS["tokens"]))
    table = claim_table(Results([record], [beside(NGRAM)], folder=tmp_path))
    assert set(table["claim"]) == {TOKENS_WIN, GATED, NETWORKS}


def nats_table(score, seeds=(0, 1, 2), baselines=()):
    records = [
        record_of(trial_of(task, unit, seed=seed, candidate=rate), test, valid=rate)
        for kind, task in TASKS.items()
        for unit in ("lstm", "gru", "tanh")
        for seed in seeds
        # A rate that validation does not choose, with a better test score.
        for rate, test in ((0, score(kind, unit) * (1 + 1e-3 * seed)), (1, 0.1))
    ]
    return claim_table(Results(records, list(baselines)))


def test_nats():
    better = {"lstm": -0.2, "gru": 0.2, "tanh": 0.0}
    table = nats_table(
        lambda kind, unit: 2.0 + (kind == "characters") * 0.1 + better[unit],
        baselines=[beside(NGRAM)],
    )
    (row,) = table[table["claim"] == TOKENS_WIN].to_dict("records")
    assert (row["n"], row["verdict"]) == (9, HELD)
    assert row["effect"] == pytest.approx(-0.1 * 1.001)
    assert verdicts(table, GATED) == [HELD, NOT_HELD]
    rows = table[table["claim"] == NETWORKS]
    assert set(rows["verdict"]) == {HELD}
    assert rows["effect"].iloc[0] == pytest.approx(1.8 * 1.001 - 2.5)
    assert len(rows) == 6
    alone = nats_table(lambda kind, unit: 2.0 + better[unit], seeds=(0,))
    assert set(verdicts(alone, NETWORKS)) == {UNDECIDED}


def test_intervals_know_the_chance_of_training():
    generator = np.random.default_rng(0)
    groups = [generator.normal(mean, 1, 400) for mean in (0, 1, 2)]
    one = mean_of(groups[:1])
    assert one.high - one.low == pytest.approx(2 * 1.96 / 20, rel=0.1)
    three = mean_of(groups)
    # Three means with the standard deviation 0.82, drawn anew.
    assert three.mean == pytest.approx(np.mean(groups))
    assert three.high - three.low > 1.2
    difference = mean_of(groups[:1], groups[1:2])
    assert difference.mean == pytest.approx(groups[0].mean() - groups[1].mean())
    assert difference.high - difference.low == pytest.approx(
        2 * 1.96 / 20 * np.sqrt(2), rel=0.1
    )
    for nothing in (
        mean_of([]),
        mean_of([np.empty(0)]),
        mean_of(groups, [np.empty(0)]),
    ):
        assert np.isnan([nothing.mean, nothing.low, nothing.high]).all()
