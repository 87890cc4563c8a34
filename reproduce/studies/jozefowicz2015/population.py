"""The cells of a search, from the records of their trials."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from keras_gated.graphs import CellGraph, survivors
from reproduce.studies.jozefowicz2015.evolution import (
    FOUNDERS,
    POPULATION,
    accuracies,
    best_of,
    fitness_of,
    memorizes,
    number_of,
    settings_tried,
)
from reproduce.studies.jozefowicz2015.names import MEMORIZATION
from reproduce.studies.jozefowicz2015.trial import Trial
from reproduce.study import Results

REFERENCE = "cell000"
"""The first founder, beside which all fitness is."""

COLUMNS = (
    "cell",
    "parent",
    "nodes",
    "memorizes",
    "settings",
    "fitness",
    "at_same_settings",
    "best",
    "population",
)


def graphs_of(results: Results) -> dict[str, CellGraph]:
    """The graph of each cell, in the order in which they were drawn."""
    found = {trial.unit: trial.graph for trial in _trials(results)}
    return {name: CellGraph.from_json(found[name]) for name in sorted(found)}


def population(results: Results) -> pd.DataFrame:
    """A line for each cell in the order in which they were drawn.

    `settings` is with how many a cell was tried. The longer it lives, the more there
    are, and the GRU is there from the beginning. So `at_same_settings` is the fitness
    at those that both were tried with. `best` is the best fitness by then, `population`
    the median of those that would live on. A cell that does not memorise was tried on
    nothing else.
    """
    graphs = graphs_of(results)
    found = accuracies(results.records)
    parents = {trial.unit: trial.parent for trial in _trials(results)}
    tasks = sorted({task for _, task, _ in found} - {MEMORIZATION})
    if not graphs or not tasks:
        return pd.DataFrame(columns=list(COLUMNS))
    reference = best_of(REFERENCE, tasks, found)
    most = settings_tried(REFERENCE, found)
    rows = []
    fit: dict[str, float] = {}
    for name, graph in graphs.items():
        best, settings = best_of(name, tasks, found), settings_tried(name, found)
        fitness = fitness_of(best, reference)
        same, reference_at_same = (
            best_of(cell, tasks, found, min(settings, most))
            for cell in (name, REFERENCE)
        )
        if can_memorize := memorizes(name, found):
            fit[name] = fitness
        living = [fit[other] for other in survivors(fit, POPULATION)]
        rows.append(
            {
                "cell": name,
                "parent": parents[name] or FOUNDERS[number_of(name)],
                "nodes": len(graph.nodes),
                "memorizes": can_memorize,
                "settings": settings,
                **best,
                "fitness": fitness,
                "at_same_settings": fitness_of(same, reference_at_same),
                "best": max(living),
                "population": float(np.median(living)),
            }
        )
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class Found:
    """A cell that was found.

    Args:
        name: Its name.
        fitness: Its best accuracy over the GRU's, where that is least.
        settings: With how many settings it was tried.
        at_same_settings: Its fitness beside the GRU at those.
        graph: What it computes.
    """

    name: str
    fitness: float
    settings: int
    at_same_settings: float
    graph: CellGraph


def best_cells(results: Results, count: int = 3) -> list[Found]:
    """The fittest cells that were drawn."""
    table, graphs = population(results), graphs_of(results)
    drawn = table[~table["parent"].isin(FOUNDERS) & (table["fitness"] > 0)]
    fittest = drawn.sort_values("fitness", ascending=False, kind="stable")
    return [
        Found(
            row.cell, row.fitness, row.settings, row.at_same_settings, graphs[row.cell]
        )
        for row in fittest.head(count).itertuples()
    ]


def _trials(results: Results) -> list[Trial]:
    """Those of cells of a search."""
    trials = [record.trial for record in results.records]
    return [t for t in trials if isinstance(t, Trial) and t.graph]
