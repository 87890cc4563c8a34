"""The trials that validation chooses, and their means over seeds."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from reproduce.report.names import HEADLINE_ARM, rank
from reproduce.studies.chung2014 import PAPER_NLL

Record = dict[str, Any]

CELL = ("protocol", "arm", "dataset", "unit")
SPLITS = ("train", "valid", "test")
AVERAGES = ("pooled", "per_sequence")
EVALUATIONS = ("nll", "nll_with_noise")
SCORES = tuple(
    f"{split}_{evaluation}_{average}"
    for evaluation in EVALUATIONS
    for split in SPLITS
    for average in AVERAGES
)
TABLE2_COLUMNS = (
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
)


def choose(records: Iterable[Record]) -> list[Record]:
    """The trial with the best validation NLL of each protocol, arm, set, unit and seed.

    Args:
        records: The records of all finished trials.

    Returns:
        One record for each seed. A trial that diverged is among them only if all
        learning rates of its seed diverged.
    """
    best: dict[tuple[Any, ...], Record] = {}
    for record in records:
        config = record["config"]
        key = (*(config[name] for name in CELL), config["seed"])
        if key not in best or _valid_nll(record) < _valid_nll(best[key]):
            best[key] = record
    return list(best.values())


def _valid_nll(record: Record) -> float:
    score = number(record["nll"]["valid"]["pooled"])
    return math.inf if math.isnan(score) else score


def number(value: float | None) -> float:
    """A value of a record, where a NaN is stored as `None`."""
    return math.nan if value is None else float(value)


def check_data(records: Iterable[Record]) -> None:
    """Refuses means over trials on different data.

    Args:
        records: The records of all finished trials.

    Raises:
        ValueError: If one protocol saw two versions of one data set.
    """
    seen: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for record in records:
        config = record["config"]
        version = (config["data"], fingerprint(record))
        seen.setdefault((config["protocol"], config["dataset"]), set()).add(version)
    for (protocol, dataset), versions in seen.items():
        if len(versions) > 1:
            raise ValueError(
                f"The ledger holds trials of {dataset} in protocol {protocol!r} on "
                f"different data: {sorted(versions)}. Their results cannot be "
                "averaged. Report on one of them at a time."
            )


def fingerprint(record: Record) -> str:
    """The SHA-256 of the data of a trial."""
    return record.get("data_fingerprint") or record["config"]["data_fingerprint"]


def trial_table(records: Iterable[Record]) -> pd.DataFrame:
    """One row for each trial: all of its configuration, scores and versions."""
    return pd.DataFrame([_row(record) for record in records])


def _row(record: Record) -> dict[str, Any]:
    row: dict[str, Any] = {"name": record["name"]}
    for key, value in record["config"].items():
        if isinstance(value, dict):
            row |= {f"{key}.{inner}": item for inner, item in value.items()}
        else:
            row[key] = value
    for evaluation in EVALUATIONS:
        scores = record.get(evaluation) or {}
        for split in SPLITS:
            for average in AVERAGES:
                value = scores.get(split, {}).get(average)
                row[f"{split}_{evaluation}_{average}"] = number(value)
    return row | {
        "recurrent_parameters": record["parameters"]["recurrent"],
        "total_parameters": record["parameters"]["total"],
        "best_epoch": record["best_epoch"],
        "epochs": len(record["history"]["seconds"]),
        "seconds": record["seconds"],
        "data_fingerprint": fingerprint(record),
        **{f"versions.{name}": what for name, what in record["versions"].items()},
    }


def summary(chosen: Sequence[Record]) -> pd.DataFrame:
    """Means and standard deviations over seeds, with the paper's numbers.

    Args:
        chosen: The trials that `choose` returns.

    Returns:
        One row for each protocol, arm, data set and unit, in the order of the paper.
        A seed of which all learning rates diverged counts in no mean and not in
        `seeds`.
    """
    groups = trial_table(chosen).groupby(list(CELL), sort=False)
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
        PAPER_NLL.get(dataset, {}).get(unit, (math.nan, math.nan))
        for dataset, unit in zip(table["dataset"], table["unit"], strict=True)
    ]
    table["paper_train"] = [train for train, _ in paper]
    table["paper_test"] = [test for _, test in paper]
    return in_order(table)


def in_order(table: pd.DataFrame) -> pd.DataFrame:
    """The rows by protocol, arm, data set and unit as `names` orders them."""
    by = [name for name in CELL if name in table]
    return table.sort_values(
        by,
        key=lambda column: column.map(lambda value: rank(str(column.name), value)),
        kind="stable",
        ignore_index=True,
    )


def headline_protocol(records: Iterable[Record]) -> str:
    """The protocol whose results are shown first.

    Args:
        records: Records of trials, one at least.

    Returns:
        The first of `PROTOCOLS` with a trial as in table 1, or with any trial if none
        has one.
    """
    configs = [record["config"] for record in records]
    present = [c["protocol"] for c in configs if c["arm"] == HEADLINE_ARM]
    present = present or [config["protocol"] for config in configs]
    return min(present, key=lambda name: rank("protocol", name))


def headline(table: pd.DataFrame, protocol: str) -> pd.DataFrame:
    """The rows of one protocol with the models of table 1."""
    rows = (table["protocol"] == protocol) & (table["arm"] == HEADLINE_ARM)
    return table[rows]


def protocols(table: pd.DataFrame) -> list[str]:
    """The protocols of a table in their order."""
    return sorted(set(table["protocol"]), key=lambda name: rank("protocol", name))
