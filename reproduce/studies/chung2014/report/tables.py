"""The tables of results, in Markdown."""

from typing import Any

import pandas as pd

from reproduce.report.markdown import decimals, markdown_table, signed, spread
from reproduce.studies.chung2014.report.names import marked_title, unit_name


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
