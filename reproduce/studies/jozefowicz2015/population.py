"""The cells of a search, from the records of their trials."""

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
)
from reproduce.studies.jozefowicz2015.names import MEMORIZATION
from reproduce.studies.jozefowicz2015.trial import Trial
from reproduce.study import Results

COLUMNS = ("cell", "parent", "nodes", "memorizes", "fitness", "best", "population")


def graphs_of(results: Results) -> dict[str, CellGraph]:
    """The graph of each cell, in the order in which they were drawn."""
    found = {trial.unit: trial.graph for trial in _trials(results)}
    return {name: CellGraph.from_json(found[name]) for name in sorted(found)}


def population(results: Results) -> pd.DataFrame:
    """A line for each cell in the order in which they were drawn.

    `best` is the best fitness by then, `population` the median of those that would live
    on. A cell that does not memorise was tried on nothing else.
    """
    graphs = graphs_of(results)
    found = accuracies(results.records)
    parents = {trial.unit: trial.parent for trial in _trials(results)}
    tasks = sorted({task for _, task, _ in found} - {MEMORIZATION})
    if not graphs or not tasks:
        return pd.DataFrame(columns=list(COLUMNS))
    reference = best_of("cell000", tasks, found)
    rows = []
    fit: dict[str, float] = {}
    for name, graph in graphs.items():
        best = best_of(name, tasks, found)
        fitness = fitness_of(best, reference)
        if can_memorize := memorizes(name, found):
            fit[name] = fitness
        living = [fit[other] for other in survivors(fit, POPULATION)]
        rows.append(
            {
                "cell": name,
                "parent": parents[name] or FOUNDERS[number_of(name)],
                "nodes": len(graph.nodes),
                "memorizes": can_memorize,
                **best,
                "fitness": fitness,
                "best": max(living),
                "population": float(np.median(living)),
            }
        )
    return pd.DataFrame(rows)


def best_cells(results: Results, count: int = 3) -> list[tuple[str, float, CellGraph]]:
    """The fittest cells that were drawn, with their fitness and graphs."""
    table, graphs = population(results), graphs_of(results)
    fit = {
        row.cell: row.fitness
        for row in table.itertuples()
        if row.parent not in FOUNDERS and row.fitness > 0
    }
    return [(name, fit[name], graphs[name]) for name in survivors(fit, count)]


def _trials(results: Results) -> list[Trial]:
    """Those of cells of a search."""
    trials = [record.trial for record in results.records]
    return [t for t in trials if isinstance(t, Trial) and t.graph]
