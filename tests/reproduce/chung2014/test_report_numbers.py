"""Every number in the tables of a report is that of the records, in its place."""

import statistics

import pytest

from tests.reproduce.chung2014 import report_numbers as by_hand
from tests.reproduce.chung2014.report_numbers import (
    DASH,
    FIGURE_2,
    NAMES,
    PAPER,
    SCORED,
    TITLES,
    chosen,
)

PROTOCOLS = {
    "ours": "our protocol",
    "paper": "the paper's protocol",
    "code": "the protocol of the authors' code",
}


def test_headline(study, records):
    text = (study[0] / "report.md").read_text(encoding="utf-8")
    hours = sum(record.seconds for record in records) / 3600
    assert f"the records of {len(records)} finished trials" in text
    assert f"{len(records)} trials;\n{hours:.1f} hours of them together." in text
    assert "Seeds: 0, 1, 2.\nBackend: jax. Versions: keras 3.15.1, jax 0.10.2." in text


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_table_2(protocol, sections, records):
    head, rows = sections[f"Table 2: {PROTOCOLS[protocol]}"][0]
    assert head[4:8] == ["train", "valid", "test", "test, by sequence"]
    assert head[8:] == ["paper's train", "paper's test", "seconds"]
    assert rows == list(by_hand.result_rows(chosen(records, protocol)))


def test_noise(sections, records):
    tables = sections["With weight noise left on"]
    expected = [list(by_hand.noise_rows(chosen(records, p))) for p in ("ours", "code")]
    assert [rows for _, rows in tables] == expected
    head = tables[0][0]
    assert head[2:5] == ["train, noise on", "valid, noise on", "test, noise on"]
    assert head[5:7] == ["test, noise on, by sequence", "test, noise off"]


def test_protocols(sections, records):
    head, rows = sections["What was run"][0]
    settings = {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in rows}
    for name, column in (("ours", "ours"), ("paper", "the paper's")):
        for kind in ("music", "speech"):
            own = [
                record
                for record in records
                if record.trial.protocol == name
                and ("speech" in record.trial.dataset) == (kind == "speech")
            ]
            candidates = {record.trial.candidate for record in own}
            hours = sum(record.seconds for record in own) / 3600
            expected = {
                "trials": str(len(own)),
                "trials that diverged": "0",
                "seeds": "0, 1, 2",
                "candidates for the learning rate": str(len(candidates)),
                "hours of all trials": f"{hours:.1f}",
                "encoding": "piano" if kind == "music" else DASH,
                "max epochs": "300",
                "patience": "30",
                "batch size": "4",
                "weight noise": "0.075",
                "peepholes": "yes",
                "log rate range": "-12 to -6",
                "LSTM: unit forget bias": "no",
            }
            found = {key: settings[key][f"{column}, {kind}"] for key in expected}
            assert found == expected
    rates = settings["learning rates"]
    assert rates["ours, speech"] == "2.0e-4 to 3.2e-3"
    assert rates["the paper's, music"] == "5.0e-4 to 3.2e-3"
    assert rates["the authors' code, music"] == "3.2e-3"


def test_data(sections):
    head, rows = sections["Data"][0]
    assert head == ["data set", "data", "source", "SHA-256 begins"]
    assert [row[0] for row in rows] == [name.split(" (")[0] for name in TITLES.values()]
    assert rows[0][1:] == ["canonical", "made up", "`0123456789ab`"]


def test_table_1(sections):
    head, rows = sections["Table 1: the size of the models"][0]
    assert head[3:] == ["recurrent layer", "paper's table 1", "with the head"]
    # A head is affine: of 20 components with a weight and 10 means and scales each, or
    # of as many outputs as inputs.
    units = {"speech": (195, 227, 400), "music": (36, 46, 100)}
    paper = {"speech": (169.1, 168.9, 168.4), "music": (19.8, 20.2, 20.1)}
    sizes = [("speech", 20, 420), *(("music", n, n) for n in (88, 93, 96, 105, 108))]
    expected = []
    for kind, size, outputs in sizes:
        for unit, h, printed in zip(NAMES, units[kind], paper[kind], strict=True):
            gates = {"lstm": 4, "gru": 3, "tanh": 1}[unit]
            recurrent = gates * h * (size + h + 1) + (3 * h if unit == "lstm" else 0)
            expected.append(
                [
                    kind,
                    str(size),
                    f"{NAMES[unit]}\N{NO-BREAK SPACE}{h}",
                    f"{recurrent:,}",
                    f"{printed} thousand",
                    f"{recurrent + outputs * (h + 1):,}",
                ]
            )
    assert rows == expected


def test_figure_2(sections, records):
    title = "What the paper's table 2 can be"
    head, rows = sections[title][0]
    assert head[2:5] == ["figure 2, train", "table 2, train", "ours, train"]
    assert head[5:8] == ["figure 2, valid", "the same by sequence", "table 2, test"]
    assert head[8:11] == ["ours, valid", "ours, test", "ours, test by sequence"]
    assert head[11:] == ["table 2 reached"]
    ours = chosen(records, "ours")
    expected = []
    for dataset in ("nottingham", "musedata", "piano_midi_de"):
        for unit, name in NAMES.items():
            own = ours[dataset, unit]
            means = {
                key: statistics.mean(by_hand.scores(own, *key))
                for key in (
                    ("train", "pooled"),
                    ("valid", "pooled"),
                    ("valid", "per_sequence"),
                    ("test", "pooled"),
                    ("test", "per_sequence"),
                )
            }
            figure = [DASH, DASH, DASH]
            if dataset in FIGURE_2:
                sums = zip(FIGURE_2[dataset][unit], SCORED[dataset], strict=True)
                train, valid = (total / steps for total, steps in sums)
                ratio = means["valid", "per_sequence"] / means["valid", "pooled"]
                figure = [f"{x:.2f}" for x in (train, valid, valid * ratio)]
            printed = [f"{value:.2f}" for value in PAPER[dataset][unit]]
            expected.append(
                [
                    *(TITLES[dataset], name, figure[0], printed[0]),
                    f"{means['train', 'pooled']:.3f}",
                    *(figure[1], figure[2], printed[1]),
                    f"{means['valid', 'pooled']:.3f}",
                    f"{means['test', 'pooled']:.3f}",
                    f"{means['test', 'per_sequence']:.3f}",
                    # The made-up Piano-midi.de is other data.
                    DASH
                    if dataset == "piano_midi_de"
                    else _reached(means, PAPER[dataset][unit][1]),
                ]
            )
    assert rows == expected


def _reached(means, printed):
    names = {"pooled": "pooled", "per_sequence": "by sequence"}
    low = [n for key, n in names.items() if means["test", key] < printed + 0.005]
    return ", ".join(low) or "no"


def test_literature_begins_with_ours_and_the_papers(sections, records):
    head, rows = sections["Published numbers, for context"][0]
    music = ("nottingham", "jsb_chorales", "musedata", "piano_midi_de")
    assert head[2:6] == [TITLES[name].split(" (")[0] for name in music]
    ours = chosen(records, "ours")
    for row, (unit, name) in zip(rows[:3], NAMES.items(), strict=True):
        means = (statistics.mean(by_hand.scores(ours[d, unit], "test")) for d in music)
        assert row[:2] == [f"**{name}**", "here"]
        assert row[2:6] == [f"{mean:.3f}".removesuffix("0") for mean in means]
        assert row[6] == "other data for Piano-midi.de: NOT comparable"
    for row, (unit, name) in zip(rows[3:6], NAMES.items(), strict=True):
        printed = [f"{PAPER[dataset][unit][1]:.2f}" for dataset in music]
        assert row == [name, "Chung et al. 2014, table 2", *printed, ""]
    # What else is needed to compare: the other average, and what was not measured.
    notes = {(row[0], row[1]): row[2:] for row in rows[6:]}
    krishnan = "Krishnan et al. 2017, tables 3 and 4"
    numbers = ["3.67", "7.48", "6.81", "7.98"]
    assert notes["TSBN", krishnan] == [*numbers, "mean over sequences"]
    pascanu = "Pascanu et al. 2013, quoted second-hand"
    assert notes["RNN, SGD", pascanu] == ["3.80", DASH, "7.11", "7.56", ""]


def test_terminal(study, records):
    """The numbers of the headline protocol, without the spread but for the test set."""
    lines = [line.split() for line in study[1].splitlines()]
    for row in by_hand.result_rows(chosen(records, "ours")):
        _, unit, parameters, _, train, valid, test, by_sequence, *rest = row
        short = [value.split(" ")[0] for value in (train, valid)]
        spread = test.strip("*").replace(" ", "")
        by_sequence = by_sequence.split(" ")[0]
        expected = [*unit.split(), parameters, *short, spread, by_sequence, *rest]
        assert expected in lines
    assert study[1].count("our protocol, 3 seeds:") == len(TITLES)
