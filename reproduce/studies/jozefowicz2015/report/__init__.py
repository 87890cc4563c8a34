"""What the report of the study has beside that of any study."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.table import Table

from reproduce.report.markdown import decimals, spread
from reproduce.studies.jozefowicz2015.measures import ACCURACY, NLL, Measure
from reproduce.studies.jozefowicz2015.names import DATASETS, title
from reproduce.studies.jozefowicz2015.population import best_cells, population
from reproduce.studies.jozefowicz2015.report.figures import (
    draw_population,
    draw_scores,
)
from reproduce.studies.jozefowicz2015.tables import accuracies, likelihoods
from reproduce.study import Picture, Results

TEMPLATE = Path(__file__).parent / "templates" / "report.md.j2"

SCORES = (("accuracies", accuracies, ACCURACY), ("nll", likelihoods, NLL))
"""Tables of scores, with their names and what they are by."""

TABLES = {
    **{f"{name}.csv": make for name, make, _ in SCORES},
    "population.csv": population,
}


def draw(results: Results, out: Path) -> Iterator[Picture]:
    """Draws the scores beside the paper's, and the course of a search."""
    for name, measure, dataset, rows in _by_dataset(results):
        file = f"{name}_{dataset}.png"
        draw_scores(rows, measure, out / file)
        yield Picture(
            file,
            "A mark for each row: the mean over seeds with its spread, the best "
            "trial, and the paper's number.",
            f"{DATASETS[dataset].title}: {measure.title} of each row{_less(measure)}.",
        )
    cells = population(results)
    if not cells.empty:
        draw_population(cells, out / "population.png")
        yield Picture(
            "population.png",
            "Fitness against the number of the cell, with lines for the best and the "
            "median of the population.",
            "The search: fitness of each cell beside the GRU, in the order in which "
            "they were drawn. A dash is the fitness at those settings alone that both "
            "were tried with.",
        )


FIGURES = (draw,)


def page(results: Results) -> Mapping[str, Any]:
    """The fittest cells as equations."""
    return {"best_cells": best_cells(results)}


def summary(results: Results) -> Iterable[Table]:
    """The tables of scores, task by task, and the fittest cells."""
    for _, measure, dataset, rows in _by_dataset(results):
        yield _table_of(dataset, rows, measure)
    found = best_cells(results)
    if found:
        shown = Table(title="The fittest cells", title_justify="left", box=SIMPLE_HEAD)
        headers = ("cell", "fitness", "settings", "at the same", "equations")
        for header in headers:
            shown.add_column(header)
        for cell in found:
            shown.add_row(
                cell.name,
                decimals(cell.fitness),
                str(cell.settings),
                decimals(cell.at_same_settings),
                str(cell.graph),
            )
        yield shown


def _by_dataset(
    results: Results,
) -> Iterator[tuple[str, Measure, str, pd.DataFrame]]:
    """The name of a table and its measure, a task, and what the table has of it."""
    for name, make, measure in SCORES:
        table = make(results)
        if not table.empty:
            for dataset, rows in table.groupby("dataset", sort=False):
                yield name, measure, str(dataset), rows


def _less(measure: Measure) -> str:
    """Says of which scores less is better."""
    return "; less is better" if measure.is_less_better else ""


def _table_of(dataset: str, rows: pd.DataFrame, measure: Measure) -> Table:
    shown = Table(
        title=f"{DATASETS[dataset].title}: {measure.title}{_less(measure)}",
        title_justify="left",
        box=SIMPLE_HEAD,
    )
    headers = ["row", "units", "parameters", "best", "paper", "mean ± std"]
    is_of_symbols = "all_symbols" in rows
    for header in [*headers, "all"] if is_of_symbols else headers:
        shown.add_column(header, justify="right")
    for row in rows.itertuples():
        shown.add_row(
            title(row.unit, getattr(row, "dropout", 0.0)),
            str(row.units),
            f"{row.parameters:,}",
            decimals(row.best),
            decimals(row.paper),
            f"[bold]{spread(row.mean, row.std)}[/bold]",
            *([decimals(row.all_symbols)] if is_of_symbols else []),
        )
    return shown
