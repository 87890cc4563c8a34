import numpy as np
import pandas as pd
import pytest

from reproduce.studies.chung2014.options import ARMS
from reproduce.studies.chung2014.paper import DATASETS, UNIT_NAMES
from reproduce.studies.chung2014.protocols import PROTOCOLS
from reproduce.studies.chung2014.report.names import (
    COLOURS,
    LABELS,
    PROTOCOLS_IN_TABLES,
)
from reproduce.studies.chung2014.report.results import choose
from reproduce.studies.chung2014.trial import PENALTIES_COMPARED, SEARCHED
from reproduce.study import Results
from tests.reproduce.chung2014.report_examples import NAN, make_record, report, seeds_of


def chosen(records):
    return choose(Results(records)).records


def test_validation_chooses_not_the_test_set():
    good = make_record(candidate=1, valid=8.3, test=9.9)
    tempting = make_record(candidate=2, valid=8.4, test=1.0)
    diverged = make_record(candidate=3, valid=NAN, test=0.5)
    assert chosen([tempting, good, diverged]) == [good]


@pytest.mark.parametrize(
    "other",
    [
        {"seed": 1},
        {"unit": "lstm"},
        {"arm": "reset_after"},
        {"protocol": "paper"},
        {"dataset": "nottingham"},
    ],
)
def test_only_trials_of_one_kind_compete(other):
    records = [make_record(valid=8.0), make_record(valid=7.0, **other)]
    assert chosen(records) == records


def test_a_trial_that_diverged_is_chosen_only_if_all_did():
    diverged = make_record(valid=NAN, test=NAN, train=NAN)
    assert chosen([diverged]) == [diverged]


def test_table2_has_means_over_seeds_beside_the_papers_numbers(tmp_path):
    records = [
        *seeds_of("gru", (8.0, 8.2, 8.7), train=7.0, factor=0.5, seconds=6.0),
        make_record("gru", 0, candidate=9, valid=99.0, test=1.0),
        make_record("tanh", 0, test=9.0, seconds=2.0),
    ]
    report(records, tmp_path)
    table = pd.read_csv(tmp_path / "table2.csv")
    assert table.columns.tolist() == [
        "dataset",
        "unit",
        "parameters",
        "seeds",
        "test_nll_pooled_mean",
        "test_nll_pooled_std",
        "test_nll_per_sequence_mean",
        "train_nll_pooled_mean",
        "paper_train",
        "paper_test",
        "seconds",
    ]
    gru, tanh = table.to_dict("records")
    assert (gru["dataset"], gru["unit"], gru["parameters"]) == (
        "jsb_chorales",
        "gru",
        18_630,
    )
    assert (gru["seeds"], tanh["seeds"]) == (3, 1)
    assert gru["test_nll_pooled_mean"] == pytest.approx(8.3)
    # Deviations -0.3, -0.1 and 0.4: squares 0.09 + 0.01 + 0.16 = 0.26, halved.
    assert gru["test_nll_pooled_std"] == pytest.approx(0.13**0.5)
    assert gru["test_nll_per_sequence_mean"] == pytest.approx(4.15)
    assert gru["train_nll_pooled_mean"] == pytest.approx(7.0)
    assert (gru["paper_train"], gru["paper_test"]) == (6.94, 8.54)
    assert (gru["seconds"], tanh["seconds"]) == (6.0, 2.0)
    assert np.isnan(tanh["test_nll_pooled_std"])


def test_table2_is_of_the_headline_protocol(tmp_path):
    records = [
        make_record(protocol="paper", test=8.8, dataset="nottingham"),
        make_record(protocol="ours", test=8.1),
        make_record(protocol="ours", arm="reset_after", test=8.2),
        make_record(protocol="code", test=8.9),
    ]
    report(records, tmp_path)
    table = pd.read_csv(tmp_path / "table2.csv")
    assert table["test_nll_pooled_mean"].tolist() == [8.1]
    everything = pd.read_csv(tmp_path / "table2_all.csv")
    kinds = everything[["protocol", "arm"]].apply(tuple, axis=1).tolist()
    assert kinds == [
        ("ours", "table1"),
        ("ours", "reset_after"),
        ("paper", "table1"),
        ("code", "table1"),
    ]
    row = everything.iloc[0]
    assert row["valid_nll_pooled_mean"] == pytest.approx(8.0)
    assert row["test_nll_with_noise_pooled_mean"] == pytest.approx(8.3)
    assert row["total_parameters"] == 22_630


def test_a_protocol_without_the_models_of_table_1_is_no_headline(tmp_path):
    records = [make_record(protocol="ours", arm="total"), make_record(protocol="paper")]
    report(records, tmp_path)
    assert len(pd.read_csv(tmp_path / "table2.csv")) == 1


def test_a_seed_that_diverged_counts_in_no_mean(tmp_path):
    lost = make_record(seed=1, valid=NAN, test=NAN, train=NAN)
    report([make_record(test=8.5), lost], tmp_path)
    table = pd.read_csv(tmp_path / "table2.csv")
    assert table["seeds"].tolist() == [1]
    assert table["test_nll_pooled_mean"].tolist() == [8.5]
    assert "1 diverged" in (tmp_path / "report.md").read_text(encoding="utf-8")


def test_an_empty_ledger_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no finished trial"):
        report([], tmp_path)


def test_different_data_are_not_averaged(tmp_path):
    records = [make_record(), make_record(seed=1, data="another edition")]
    with pytest.raises(ValueError, match="different data"):
        report(records, tmp_path)


def test_scores_that_were_not_taken_have_their_columns(tmp_path):
    report([make_record(noise_cost=None)], tmp_path)
    table = pd.read_csv(tmp_path / "trials.csv")
    assert table["test_nll_with_noise_pooled"].isna().tolist() == [True]
    scores = list(table).index("train_nll_pooled")
    assert list(table)[scores + 6 : scores + 13 : 6] == [
        "train_nll_with_noise_pooled",
        "recurrent_parameters",
    ]


def test_every_value_has_a_name():
    assert {column: set(names) for column, names in LABELS.items()} == {
        "protocol": {*PROTOCOLS, SEARCHED, PENALTIES_COMPARED},
        "arm": set(ARMS),
        "dataset": set(DATASETS),
        "unit": set(UNIT_NAMES),
    }
    assert list(PROTOCOLS_IN_TABLES) == list(LABELS["protocol"])
    assert set(COLOURS) == set(UNIT_NAMES)
