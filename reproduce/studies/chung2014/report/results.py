"""The trials that validation chooses, and their means over seeds."""

import math
from dataclasses import replace
from functools import lru_cache

import pandas as pd

from reproduce.studies.chung2014.paper import PAPER_NLL
from reproduce.studies.chung2014.report.names import HEADLINE_ARM, in_order, rank
from reproduce.studies.chung2014.report.penalties import penalty_table
from reproduce.studies.chung2014.report.search import search_table
from reproduce.studies.chung2014.sizes import size_table
from reproduce.studies.chung2014.trial import Trial
from reproduce.study import Results
from reproduce.task import SPLITS

CELL = list(Trial.cell)
AVERAGES = ("pooled", "per_sequence")
MEASURES = ("nll", "nll_with_noise")
SCORES = tuple(
    f"{split}_{measure}_{average}"
    for measure in MEASURES
    for split in SPLITS
    for average in AVERAGES
)
TABLE2_COLUMNS = [
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


# Tables, claims and figures all ask for it, of the same results.
@lru_cache(maxsize=1)
def choose(results: Results) -> Results:
    """The trial with the best validation NLL of each protocol, arm, set, unit and seed.

    Args:
        results: All finished trials.

    Returns:
        One trial for each seed. One that diverged is among them only if all learning
        rates of its seed diverged.
    """
    by = results.frame.groupby([*CELL, "seed"], sort=False)
    # Of the best ones the first; those without a score come last.
    first = results.frame["valid_nll_pooled"].fillna(math.inf).groupby(by.ngroup())
    return replace(results, records=[results.records[i] for i in first.idxmin()])


def check(results: Results) -> None:
    """Refuses means over trials on different data.

    Args:
        results: All finished trials.

    Raises:
        ValueError: If one protocol saw two versions of one data set.
    """
    groups = results.frame.groupby(["protocol", "dataset"], sort=False)
    for (protocol, dataset), rows in groups:
        versions = rows[["data", "data_fingerprint"]].drop_duplicates()
        if len(versions) > 1:
            found = sorted(versions.itertuples(index=False, name=None))
            raise ValueError(
                f"The ledger holds trials of {dataset} in protocol {protocol!r} on "
                f"different data: {found}. Their results cannot be averaged. Report "
                "on one of them at a time."
            )


def trial_table(results: Results) -> pd.DataFrame:
    """One row for each trial, with columns for scores that none of them has, too."""
    columns = [name for name in results.frame if name not in SCORES]
    at = columns.index("recurrent_parameters")
    return results.frame.reindex(columns=[*columns[:at], *SCORES, *columns[at:]])


def seed_means(results: Results) -> pd.DataFrame:
    """Means and standard deviations over seeds, with the paper's numbers.

    Args:
        results: All finished trials.

    Returns:
        One row for each protocol, arm, data set and unit, in the order of the paper, of
        the trials that validation chooses. A seed of which all learning rates diverged
        counts in no mean and not in `seeds`.
    """
    groups = trial_table(choose(results)).groupby(CELL, sort=False)
    table = groups.agg(
        data=("data", "first"),
        encoding=("encoding", "first"),
        units=("units", "first"),
        parameters=("recurrent_parameters", "first"),
        total_parameters=("total_parameters", "first"),
        seeds=("test_nll_pooled", "count"),
        **{f"{score}_mean": (score, "mean") for score in SCORES},
        **{f"{score}_std": (score, "std") for score in SCORES},
        best_epoch=("best_epoch", "mean"),
        seconds=("seconds", "mean"),
    ).reset_index()
    paper = [
        PAPER_NLL[dataset][unit]
        for dataset, unit in zip(table["dataset"], table["unit"], strict=True)
    ]
    table["paper_train"] = [train for train, _ in paper]
    table["paper_test"] = [test for _, test in paper]
    return in_order(table, CELL).reset_index(drop=True)


def table2(results: Results) -> pd.DataFrame:
    """The paper's table 2 by the headline protocol, the paper's numbers beside ours."""
    table = seed_means(results)
    return headline(table, headline_protocol(table))[TABLE2_COLUMNS]


def headline_protocol(table: pd.DataFrame) -> str:
    """The protocol whose results are shown first.

    Args:
        table: Any table with the columns `protocol` and `arm`, and a row at least.

    Returns:
        The first of `PROTOCOLS` with a trial as in table 1, or with any trial if none
        has one.
    """
    table1 = table[table["arm"] == HEADLINE_ARM]
    return protocols(table1 if len(table1) else table)[0]


def headline(table: pd.DataFrame, protocol: str) -> pd.DataFrame:
    """The rows of one protocol with the models of table 1."""
    rows = (table["protocol"] == protocol) & (table["arm"] == HEADLINE_ARM)
    return table[rows]


def protocols(table: pd.DataFrame) -> list[str]:
    """The protocols of a table in their order."""
    return sorted(set(table["protocol"]), key=lambda name: rank("protocol", name))


TABLES = {
    "trials.csv": trial_table,
    "table1.csv": lambda results: size_table(),
    "table2.csv": table2,
    "table2_all.csv": seed_means,
    "search.csv": search_table,
    "penalties.csv": penalty_table,
}
