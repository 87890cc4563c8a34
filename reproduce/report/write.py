"""Writes the report of a study into a folder."""

from pathlib import Path

import pandas as pd
from rich.console import Console

from keras_gated._files import replacing
from reproduce.report.page import render_html, render_markdown
from reproduce.report.published import published_table
from reproduce.study import Results, Study

TRIALS = "trials.csv"
"""The file of all trials; a study may have its own table for it."""

CLAIMS = "claims.csv"

PUBLISHED = "published.csv"
"""The file of the paper's numbers, of a study that has them."""


def write_report(study: Study, results: Results, out: Path, console: Console) -> None:
    """Writes tables, figures, `report.md` and `report.html`, and prints the results.

    Args:
        study: What the results are of.
        results: All finished trials, baselines and failures.
        out: The output folder.
        console: Where to print.

    Raises:
        ValueError: If there is no record, or the study refuses the results.
    """
    if not results.records:
        raise ValueError(
            "The ledger has no finished trial, so there is nothing to report. "
            "Let one trial finish first."
        )
    study.check(results)
    tables = {name: make(results) for name, make in study.tables.items()}
    claims = study.claims(results)
    files = {
        TRIALS: results.frame,
        **tables,
        CLAIMS: claims,
        PUBLISHED: published_table(study.published),
    }
    filled = [name for name, table in files.items() if _write_csv(table, out / name)]
    pictures = [picture for draw in study.figures for picture in draw(results, out)]
    text = render_markdown(study, results, tables, claims, pictures)
    _write_text(text, out / "report.md")
    _write_text(render_html(text, out), out / "report.html")
    for part in study.summary(results):
        console.print(part)
    written = [*filled, *(p.file for p in pictures), "report.md", "report.html"]
    console.print(f"Written to {out}: {', '.join(written)}", highlight=False)


def _write_csv(table: pd.DataFrame, path: Path) -> bool:
    """Writes a table that has rows; of one without, no file is there afterwards."""
    if table.empty:
        path.unlink(missing_ok=True)
        return False
    with replacing(path) as file:
        table.to_csv(file, index=False)
    return True


def _write_text(text: str, path: Path) -> None:
    with replacing(path) as file:
        file.write(text.encode())
