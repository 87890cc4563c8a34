"""What the report of the study has beside that of any study."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from reproduce.report.markdown import decimals, spread
from reproduce.studies.jozefowicz2015.names import DATASETS, TITLES
from reproduce.studies.jozefowicz2015.population import best_cells, population
from reproduce.studies.jozefowicz2015.report.figures import (
    draw_accuracies,
    draw_population,
)
from reproduce.studies.jozefowicz2015.scores import accuracies
from reproduce.study import Picture, Results

LABELS = {
    "dataset": {name: dataset.title for name, dataset in DATASETS.items()},
    "unit": TITLES,
}

TEMPLATE = Path(__file__).parent / "templates" / "report.md.j2"

TABLES = {"accuracies.csv": accuracies, "population.csv": population}


def draw(results: Results, out: Path) -> Iterator[Picture]:
    """Draws the accuracies beside the paper's, and the course of a search."""
    table = accuracies(results)
    if not table.empty:
        for dataset, rows in table.groupby("dataset", sort=False):
            file = f"accuracies_{dataset}.png"
            draw_accuracies(rows, out / file)
            yield Picture(
                file,
                "A mark for each row: the mean over seeds with its spread, the best "
                "trial, and the paper's number.",
                f"{DATASETS[str(dataset)].title}: accuracy of each row.",
            )
    cells = population(results)
    if not cells.empty:
        draw_population(cells, out / "population.png")
        yield Picture(
            "population.png",
            "Fitness against the number of the cell, with lines for the best and the "
            "median of the population.",
            "The search: fitness of each cell beside the GRU, in the order in which "
            "they were drawn.",
        )


FIGURES = (draw,)


def page(results: Results) -> Mapping[str, Any]:
    """The fittest cells as equations."""
    return {"best_cells": best_cells(results)}


def summary(results: Results) -> Iterable[Table]:
    """The table of accuracies, task by task, and the fittest cells."""
    table = accuracies(results)
    if not table.empty:
        for dataset, rows in table.groupby("dataset", sort=False):
            yield _table_of(str(dataset), rows)
    found = best_cells(results)
    if found:
        shown = Table(title="The fittest cells", title_justify="left", box=SIMPLE_HEAD)
        for header in ("cell", "fitness", "equations"):
            shown.add_column(header)
        for name, fitness, graph in found:
            shown.add_row(name, decimals(fitness), str(graph))
        yield shown


def _table_of(dataset: str, rows: Any) -> Table:
    shown = Table(
        title=f"{DATASETS[dataset].title}: accuracy",
        title_justify="left",
        box=SIMPLE_HEAD,
    )
    for header in ("row", "units", "parameters", "best", "paper", "mean ± std", "all"):
        shown.add_column(header, justify="right")
    for row in rows.itertuples():
        shown.add_row(
            TITLES[row.unit],
            str(row.units),
            f"{row.parameters:,}",
            decimals(row.best),
            decimals(row.paper),
            f"[bold]{spread(row.mean, row.std)}[/bold]",
            decimals(row.all_symbols),
        )
    return shown
