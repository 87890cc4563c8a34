"""What the report says of a search."""

import math
from dataclasses import replace

import pandas as pd
import pytest

from reproduce.studies.chung2014.options import Options
from reproduce.studies.chung2014.report.claims import claim_table
from reproduce.studies.chung2014.report.search import search_table
from reproduce.studies.chung2014.search import search, starts_of
from reproduce.study import Results
from tests.reproduce.chung2014.report_examples import make_record, report
from tests.reproduce.examples import small_task

NAN = math.nan
DATASET = "nottingham"


def records_of(unit, scores):
    """Records of the first trials of a search, the third of which ended early."""
    options = Options(search=len(scores), units=(unit,))
    found = []
    for wanted, valid in zip(
        search(options, DATASET, small_task(), ()), scores, strict=True
    ):
        made = make_record(unit, valid=valid, test=valid + 0.5, dataset=DATASET)
        if wanted.candidate == 2:
            wanted = replace(wanted, prune_epoch=made.epochs, prune_above=1.0)
        found.append(replace(made, trial=replace(wanted, units=46)))
    return found


@pytest.mark.once
def test_validation_chooses_the_settings_of_each_unit():
    records = [
        *records_of("tanh", [4.0, NAN, 3.0, 5.0]),
        *records_of("gru", [3.5, 3.25, 6.0]),
        *records_of("lstm", [NAN]),
    ]
    table = search_table(Results(records)).set_index("unit")
    # Nothing is chosen of what diverged everywhere.
    assert list(table.index) == ["gru", "tanh"]
    assert list(table["trials"]) == [3, 4]
    assert list(table["ended_early"]) == [1, 1]
    assert list(table["valid"]) == [3.25, 3.0]
    assert list(table["test"]) == [3.75, 3.5]
    assert list(table["valid_median"]) == [3.5, 4.0]
    second, third = starts_of(DATASET)[1:3]
    for unit, start in (("gru", second), ("tanh", third)):
        assert table.loc[unit, "learning_rate"] == start["learning_rate"]
        # A start has the strength of both penalties, and uses one.
        assert start["decay"] == "decoupled" and table.loc[unit, "L2"] == 0
        assert table.loc[unit, "decoupled_decay"] == start["weight_decay"]
        assert table.loc[unit, "weight_noise"] == start["weight_noise"]
        assert table.loc[unit, "epochs"] == start["epochs"]


@pytest.mark.once
def test_a_search_without_pruning_ended_nothing_early():
    table = search_table(Results(records_of("gru", [3.5, 3.25])))
    assert list(table["ended_early"]) == [0]


def test_the_report_has_a_section_on_the_search(tmp_path):
    records = records_of("gru", [3.5, 3.25, 3.375])
    report([*records, make_record(protocol="ours")], tmp_path)
    page = (tmp_path / "report.md").read_text()
    row = next(line for line in page.splitlines() if "decoupled 1.0e-1" in line)
    assert row == (
        "| Nottingham | GRU\N{NO-BREAK SPACE}46 | 3 | 1 | 3.375 | 3.250 | 3.750 "
        "| 1.5e-2 | 8 | 200 | 3.0e-2 | decoupled 1.0e-1 | 0 | 0.998 | 60 |"
    )
    assert len(pd.read_csv(tmp_path / "search.csv")) == 1


def test_a_report_without_a_search_does_not_speak_of_it(tmp_path):
    report([make_record(protocol="ours")], tmp_path)
    assert "## The search" not in (tmp_path / "report.md").read_text()


def test_a_search_tests_no_claim_and_has_no_table_2_beside_a_protocol(tmp_path):
    searched = [*records_of("gru", [3.5]), *records_of("tanh", [3.25])]
    assert claim_table(Results(searched)).empty
    report([*searched, make_record(protocol="ours")], tmp_path)
    page = (tmp_path / "report.md").read_text()
    assert "## Table 2: our protocol" in page
    assert "## Table 2: our search" not in page
