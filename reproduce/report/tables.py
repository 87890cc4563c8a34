"""Tables in Markdown."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from reproduce.report.names import (
    NAMES,
    NO_VALUE,
    decimals,
    is_comparable,
    is_speech,
    marked_title,
    spread,
    title,
)


def markdown_table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Writes a table; columns of numbers are set flush right.

    Args:
        headers: The heads of the columns.
        rows: The cells, as many in each row as there are heads.

    Returns:
        The lines of the table in Markdown.
    """
    rows = list(rows)
    numeric = [_is_numeric([row[i] for row in rows]) for i in range(len(headers))]
    rule = ["---:" if is_numeric else "---" for is_numeric in numeric]
    return "\n".join(_line(cells) for cells in (headers, rule, *rows))


def _is_numeric(cells: Iterable[str]) -> bool:
    filled = [cell.strip("*+-<") for cell in cells if cell not in ("", NO_VALUE)]
    return bool(filled) and all(cell[:1].isdigit() for cell in filled)


def _line(cells: Sequence[str]) -> str:
    escaped = [cell.replace("|", r"\|").replace("\n", " ") for cell in cells]
    return "| " + " | ".join(escaped) + " |"


def data_notes(table: pd.DataFrame) -> str:
    """Says which results of a table are not comparable with the paper's, and why.

    Args:
        table: Any table with the columns `dataset` and `data`.

    Returns:
        Sentences for beneath the table; an empty text if all data are the paper's.
    """
    speech: list[str] = []
    other: list[str] = []
    for dataset, data in table[["dataset", "data"]].drop_duplicates().to_numpy():
        if not is_comparable(dataset, data):
            names = speech if is_speech(dataset) else other
            names.append(f"{title(dataset)} ({data})")
    notes = []
    if other:
        notes.append(
            f"**NOT comparable with the paper, for other data: {', '.join(other)}.**"
        )
    if speech:
        notes.append(
            "**Stand-ins for Ubisoft's sets, which were never public: "
            f"{', '.join(speech)}.**"
        )
    return " ".join(notes)


def result_rows(table: pd.DataFrame) -> str:
    """The results of one protocol and arm, the paper's beside ours."""
    headers = (
        "data set",
        "unit",
        "parameters",
        "seeds",
        "train",
        "valid",
        "test",
        "test, by sequence",
        "paper's train",
        "paper's test",
        "seconds",
    )
    rows = [
        (
            marked_title(row.dataset, row.data),
            unit_name(row.unit, row.units),
            f"{row.parameters:,}",
            str(row.seeds),
            _score(row, "train_nll_pooled"),
            _score(row, "valid_nll_pooled"),
            f"**{_score(row, 'test_nll_pooled')}**",
            _score(row, "test_nll_per_sequence"),
            decimals(row.paper_train, 2),
            decimals(row.paper_test, 2),
            f"{row.seconds:.0f}",
        )
        for row in table.itertuples()
    ]
    return markdown_table(headers, rows)


def noise_rows(table: pd.DataFrame) -> str:
    """What the same models score if weight noise stays on while they are judged."""
    table = table[table["test_nll_with_noise_pooled_mean"].notna()]
    if table.empty:
        return ""
    headers = (
        "data set",
        "unit",
        "train, noise on",
        "valid, noise on",
        "test, noise on",
        "test, noise on, by sequence",
        "test, noise off",
        "cost of noise",
    )
    rows = [
        (
            marked_title(row.dataset, row.data),
            unit_name(row.unit, row.units),
            _score(row, "train_nll_with_noise_pooled"),
            _score(row, "valid_nll_with_noise_pooled"),
            _score(row, "test_nll_with_noise_pooled"),
            _score(row, "test_nll_with_noise_per_sequence"),
            _score(row, "test_nll_pooled"),
            signed(row.test_nll_with_noise_pooled_mean - row.test_nll_pooled_mean),
        )
        for row in table.itertuples()
    ]
    return markdown_table(headers, rows)


def _score(row: Any, name: str) -> str:
    return spread(getattr(row, f"{name}_mean"), getattr(row, f"{name}_std"))


def unit_name(unit: str, units: int) -> str:
    """A unit with the number of them, such as `LSTM 36`."""
    return f"{NAMES.get(unit, unit)}\N{NO-BREAK SPACE}{units}"


def signed(value: float) -> str:
    """A difference, always with its sign."""
    return NO_VALUE if math.isnan(value) else f"{value:+.3f}"


def interval(low: float, high: float) -> str:
    """A confidence interval of a difference; a dash if there is none."""
    return NO_VALUE if math.isnan(low) else f"{signed(low)} to {signed(high)}"
