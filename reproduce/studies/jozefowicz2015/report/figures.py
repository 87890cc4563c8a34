"""Pictures of the study."""

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from reproduce.report.pictures import save
from reproduce.studies.jozefowicz2015.measures import Measure
from reproduce.studies.jozefowicz2015.names import title

OURS, BEST, PAPER, GREY = "#0072B2", "#009E73", "#D55E00", "#999999"


def draw_scores(rows: pd.DataFrame, measure: Measure, path: Path) -> None:
    """Draws the score of each row of a task beside the paper's.

    Args:
        rows: What a table of scores has of the task.
        measure: What it is by.
        path: The PNG file.
    """
    figure = Figure(figsize=(7, 0.6 + 0.36 * len(rows)), layout="constrained")
    axis = figure.subplots()
    places = np.arange(len(rows))[::-1]
    axis.errorbar(rows["mean"], places, xerr=rows["std"].fillna(0), fmt="o", color=OURS)
    axis.plot([], [], "o", color=OURS, label="mean over seeds, test")
    axis.plot(rows["best"], places, "^", color=BEST, label="best trial, validation")
    axis.plot(rows["paper"], places, "x", color=PAPER, label="paper: its best")
    dropouts = rows["dropout"] if "dropout" in rows else [0.0] * len(rows)
    axis.set_yticks(places, list(map(title, rows["unit"], dropouts)))
    axis.set_ylim(-0.5, len(rows) - 0.5)
    axis.set_xlabel(measure.title)
    axis.grid(alpha=0.3, axis="x")
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(fontsize=8)
    save(figure, path)


def draw_population(cells: pd.DataFrame, path: Path) -> None:
    """Draws the fitness of the cells of a search as they came.

    Args:
        cells: What `population` gives.
        path: The PNG file.
    """
    figure = Figure(figsize=(7, 3.6), layout="constrained")
    axis = figure.subplots()
    numbers = np.arange(len(cells))
    memorizes = cells["memorizes"].to_numpy(bool)
    axis.plot(
        numbers[memorizes], cells["fitness"][memorizes], "o", color=OURS, label="cell"
    )
    axis.plot(
        numbers[~memorizes],
        cells["fitness"][~memorizes],
        "x",
        color=GREY,
        label="does not memorise",
    )
    axis.plot(
        numbers[memorizes],
        cells["at_same_settings"][memorizes],
        "_",
        color=OURS,
        label="at its settings",
    )
    axis.step(numbers, cells["best"], where="post", color=BEST, label="best by then")
    axis.step(
        numbers,
        cells["population"],
        "--",
        where="post",
        color=PAPER,
        label="median of the population",
    )
    axis.axhline(1, color=GREY, linewidth=0.8)
    axis.set_xlabel("cells in the order in which they were drawn")
    axis.set_ylabel("fitness, GRU = 1")
    axis.grid(alpha=0.3)
    axis.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside upper center", ncols=5, fontsize=8)
    save(figure, path)
