import math

import pytest

from reproduce.studies.chung2014.literature import implied_by_figure2
from reproduce.studies.chung2014.report.claims import (
    ALL,
    BETTER,
    FASTER,
    INCONCLUSIVE,
    claim_table,
)
from reproduce.studies.chung2014.report.context import verdict_table
from reproduce.study import Results
from tests.reproduce.chung2014.report_examples import NAN, make_record, seeds_of


def answers(records):
    return claim_table(Results(records))


def rows_of(table, claim, comparison=None, measure=""):
    rows = table[(table["claim"] == claim) & table["measure"].str.contains(measure)]
    return rows if comparison is None else rows[rows["comparison"] == comparison]


def verdict_of(records, claim, comparison, measure=""):
    rows = rows_of(answers(records), claim, comparison, measure)
    (verdict,) = rows[rows["dataset"] != ALL]["verdict"]
    return verdict


@pytest.mark.parametrize(
    ("gru", "tanh", "wanted"),
    [
        ((8.0, 8.1, 8.0), (9.0, 9.0, 9.1), "holds here"),
        ((9.0, 9.0, 9.1), (8.0, 8.1, 8.0), "does not hold here"),
        ((8.0, 9.0, 8.5), (9.0, 8.0, 8.5), "not decided"),
        ((8.0,), (9.0,), "not decided: one seed"),
    ],
    ids=["win", "loss", "tie", "one seed"],
)
def test_verdict_on_gated_units(gru, tanh, wanted):
    records = [*seeds_of("gru", gru), *seeds_of("tanh", tanh)]
    assert verdict_of(records, BETTER, "GRU minus tanh") == wanted


def test_p_values_are_adjusted_over_the_data_sets():
    records = [
        record
        for dataset in ("nottingham", "musedata")
        for unit, tests in (("gru", (8.0, 8.1, 8.3)), ("tanh", (8.4, 8.8, 9.1)))
        for record in seeds_of(unit, tests, dataset=dataset)
    ]
    rows = rows_of(answers(records), BETTER)
    assert rows["p_holm"].tolist() == pytest.approx((2 * rows["p_value"]).tolist())


def test_seeds_are_paired_and_protocols_and_arms_kept_apart():
    records = [
        *seeds_of("gru", (8.0, 8.1, 8.2)),
        make_record("tanh", seed=1, test=9.1),
        make_record("tanh", seed=7, test=1.0),
        make_record("tanh", seed=0, test=1.0, arm="total"),
        make_record("tanh", seed=0, test=1.0, protocol="paper"),
    ]
    (row,) = answers(records).query("claim == @BETTER").to_dict("records")
    assert row["seeds"] == 1
    assert row["mean_difference"] == pytest.approx(8.1 - 9.1)


def converging(unit, seed, valid, seconds, updates=10):
    epochs = len(valid)
    return make_record(
        unit,
        seed,
        history={
            "valid_nll": valid,
            "seconds": [seconds] * epochs,
            "updates": [updates] * epochs,
        },
    )


def test_convergence_by_hand():
    # The GRU's best is 7, the LSTM's 8. The GRU reaches 8 in its 2nd epoch, after 20
    # updates and 6 seconds; the LSTM in its 4th, after 40 updates and 4 seconds.
    records = [
        record
        for seed in range(2)
        for record in (
            converging("gru", seed, [9.0, 8.0, NAN, 7.0], 3.0),
            converging("lstm", seed, [9.9, 9.0, 8.5, 8.0], 1.0),
        )
    ]
    table = answers(records)
    updates = rows_of(table, FASTER, "GRU / LSTM", "updates").iloc[0]
    seconds = rows_of(table, FASTER, "GRU / LSTM", "seconds").iloc[0]
    assert updates["mean_difference"] == pytest.approx(math.log(20 / 40))
    assert seconds["mean_difference"] == pytest.approx(math.log(6 / 4))
    assert updates["verdict"] == "holds here"
    assert seconds["verdict"] == "does not hold here"


def test_a_unit_that_diverged_is_not_compared():
    records = [
        converging("gru", 0, [9.0, 8.0], 1.0),
        converging("lstm", 0, [NAN, NAN], 1.0),
    ]
    assert rows_of(answers(records), FASTER).empty


def against(*differences):
    """LSTM minus GRU by about each of the differences, on a data set each."""
    datasets = ("nottingham", "jsb_chorales", "musedata")
    return [
        record
        for dataset, difference in zip(datasets, differences, strict=False)
        for unit, by in (("lstm", difference), ("gru", 0.0))
        for record in seeds_of(
            unit, [8 + by, 8 + 1.01 * by, 8 + 0.99 * by], dataset=dataset
        )
    ]


@pytest.mark.parametrize(
    ("records", "wanted", "of_sets"),
    [
        (against(0.5, -0.5), "holds here", ["GRU better", "LSTM better"]),
        (against(0.5, 0.4), "does not hold here", ["GRU better", "GRU better"]),
        (against(0.5, 0.0), "holds here", ["GRU better", "no difference shown"]),
        (
            [make_record("lstm"), make_record("gru")],
            "not decided: one seed",
            ["not decided: one seed"],
        ),
    ],
    ids=["signs differ", "one side", "not all", "one seed"],
)
def test_verdict_on_lstm_against_gru(records, wanted, of_sets):
    rows = rows_of(answers(records), INCONCLUSIVE)
    assert rows["verdict"].tolist() == [*of_sets, wanted]
    assert rows["dataset"].tolist()[-1] == ALL
    assert wanted in verdict_table(rows)


def test_nothing_to_compare():
    table = answers([make_record()])
    assert table.empty
    assert "verdict" in table.columns
    assert verdict_table(table) == ""


def test_what_figure_2_implies():
    # 245,202 steps in 524 sequences, of which the first step of each is not scored.
    implied = implied_by_figure2("musedata", "tanh")
    assert implied["train"] == pytest.approx(3462 / (245_202 / 524 - 1))
    assert implied["valid"] == pytest.approx(7.60, abs=0.005)
