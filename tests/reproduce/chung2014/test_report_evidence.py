"""Claims, arms and baselines of a report have the numbers of the records."""

import statistics

import pytest

from tests.reproduce.chung2014 import report_numbers as by_hand
from tests.reproduce.chung2014.report_examples import make_baseline
from tests.reproduce.chung2014.report_numbers import TITLES, chosen


@pytest.mark.parametrize(
    ("claim", "questions"),
    [
        (
            "Gated units do better than tanh",
            [("lstm", "tanh", "minus", None), ("gru", "tanh", "minus", None)],
        ),
        (
            "The GRU converges faster",
            [
                ("gru", other, "/", quantity)
                for other in ("lstm", "tanh")
                for quantity in ("updates", "seconds")
            ],
        ),
        ("LSTM against GRU is not conclusive", [("lstm", "gru", "minus", None)]),
    ],
    ids=["better", "faster", "inconclusive"],
)
def test_evidence(claim, questions, sections, records):
    ((head, rows),) = sections[claim]
    assert head[5:] == ["mean", "95 % confidence", "p", "p, Holm", "verdict"]
    expected = [row for q in questions for row in by_hand.evidence_rows(records, *q)]
    assert [row[:-1] for row in rows] == expected


def test_verdicts_count_the_rows_of_the_evidence(sections):
    ((head, rows),) = sections["In short"]
    assert head[3:] == [
        "protocol: ours",
        "protocol: the paper's",
        "protocol: the authors' code",
    ]
    counted = 0
    for claim, comparison, measure, *verdicts in rows:
        if claim.startswith("LSTM against"):
            continue  # Its verdict is on all sets together.
        of_claim = [
            row
            for row in sections[claim][0][1]
            if row[2] == comparison
            and (row[3] == "difference of test NLL" or row[3].split()[-1] in measure)
        ]
        for column, verdict in zip(head[3:], verdicts, strict=True):
            found = [row[-1] for row in of_claim if f"protocol: {row[0]}" == column]
            counts = {name: found.count(name) for name in dict.fromkeys(found)}
            expected = (f"{v} in {n} of {len(found)}" for v, n in counts.items())
            assert verdict == ", ".join(expected)
            counted += len(found)
    assert counted == 6 * (6 + 6 + 1)


def test_arms(sections, records):
    head, rows = sections["One thing changed"][0]
    assert head[5:] == ["test", "pairs", "test, arm minus table 1", "95 % confidence"]
    table1 = chosen(records, "ours")
    expected = []
    for arm, units in (("total", ("gru", "tanh")), ("no_peepholes", ("lstm",))):
        for unit in units:
            own = chosen(records, "ours", arm)["jsb_chorales", unit]
            tests = by_hand.scores(own, "test")
            rivals = by_hand.scores(table1["jsb_chorales", unit], "test")
            found = by_hand.paired([a - b for a, b in zip(tests, rivals, strict=True)])
            expected.append(
                [
                    "ours",
                    arm.replace("_", " "),
                    "JSB Chorales",
                    by_hand.unit_cell(own),
                    f"{own[0].parameters['total']:,}",
                    f"{statistics.mean(tests):.3f}",
                    "3",
                    f"{found[0]:+.3f}",
                    f"{found[1]:+.3f} to {found[2]:+.3f}",
                ]
            )
    assert rows == expected


def test_baselines(sections):
    head, rows = sections["Baselines for speech"][0]
    assert head[2:] == ["train", "valid", "test", "test, by sequence"]
    expected = []
    for name, dataset in (
        ("linear autoregression", "speech_a"),
        ("independent Gaussian", "speech_b"),
    ):
        nll = make_baseline(dataset, name)["nll"]
        values = [nll[split]["pooled"] for split in ("train", "valid", "test")]
        values.append(nll["test"]["per_sequence"])
        expected.append([TITLES[dataset], name, *(f"{x:.3f}" for x in values)])
    # That of speech B is on other data than its trials, and a stand-in all the same.
    assert rows == expected
