"""Which data results are of, and whether they may be set beside the paper's."""

from collections.abc import Iterable, Mapping

import pandas as pd

from reproduce.record import Record
from reproduce.report.markdown import markdown_table
from reproduce.study import DataSet

CANONICAL = "canonical"
"""What `Trial.data` is for the paper's data."""

DataSets = Mapping[str, DataSet]


def is_comparable(dataset: DataSet, data: str) -> bool:
    """Whether results may be compared with the paper's number by number."""
    return data == CANONICAL and not dataset.stands_for


def marked_title(dataset: DataSet, data: str) -> str:
    """The name of a data set with a mark if its results are not comparable."""
    if is_comparable(dataset, data):
        return dataset.title
    return f"{dataset.title} ({'stand-in' if dataset.stands_for else 'NOT comparable'})"


def data_notes(datasets: DataSets, table: pd.DataFrame) -> str:
    """Says which results of a table are not comparable with the paper's, and why.

    Args:
        datasets: The data sets of the study.
        table: Any table with the columns `dataset` and `data`.

    Returns:
        Sentences for beneath the table; an empty text if all data are the paper's.
    """
    named: dict[str, list[str]] = {"": []}
    for name, data in table[["dataset", "data"]].drop_duplicates().to_numpy():
        dataset = datasets[name]
        if not is_comparable(dataset, data):
            text = f"{dataset.title} ({data})"
            named.setdefault(dataset.stands_for, []).append(text)
    return " ".join(
        f"**Stand-ins for {stands_for}: {', '.join(names)}.**"
        if stands_for
        else f"**NOT comparable with the paper, for other data: {', '.join(names)}.**"
        for stands_for, names in named.items()
        if names
    )


def data_table(datasets: DataSets, records: Iterable[Record]) -> str:
    """Which version of which data set was used.

    Args:
        datasets: The data sets of the study.
        records: The trials, in the order of the data sets.
    """
    rows = (
        (
            datasets[record.trial.dataset].title,
            record.trial.data,
            record.data_source,
            f"`{record.trial.data_fingerprint[:12]}`",
        )
        for record in records
    )
    headers = ("data set", "data", "source", "SHA-256 begins")
    return markdown_table(headers, list(dict.fromkeys(rows)))
