"""How the score hangs on learning rate and size: the paper's figures 4 and 5."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from reproduce.report.pictures import save
from reproduce.studies.odyssey2015.analysis.forest import Forest
from reproduce.studies.odyssey2015.analysis.importance import Forests
from reproduce.studies.odyssey2015.analysis.marginals import (
    RATE,
    SIZE,
    rate_curves,
    surface,
)
from reproduce.studies.odyssey2015.analysis.scores import SCORES, Score
from reproduce.studies.odyssey2015.names import (
    ALL,
    BASELINE_COLOUR,
    SIZE_COLOURS,
    TITLES,
    in_order,
    title,
)

SIZE_STYLES = (":", "--", "-")
SIZE_TICKS = (20, 50, 100, 200)


def draw_rate_curves(
    forests: Forests, path: Path, scores: Mapping[str, Score] = SCORES
) -> bool:
    """Draws what the forests predict by learning rate, for all sizes and by size.

    Args:
        forests: What `grow_forests` returns; those of all variants are drawn.
        path: The PNG file.
        scores: The scale of each data set.

    Returns:
        Whether there was anything to draw.

    Reference:
        Greff et al. 2015 (arXiv:1503.04069), figure 4.
    """
    pooled = _pooled(forests)
    if not pooled:
        return False
    figure = Figure(figsize=(9, 3.4 * len(pooled)), layout="constrained")
    grid = figure.subplots(len(pooled), 2, sharex=True, squeeze=False)
    for (whole, by_size), (dataset, forest) in zip(grid, pooled.items(), strict=True):
        curves = dict(iter(rate_curves(forest).groupby("size", sort=False)))
        _whole(whole, forest.trials, curves.pop(ALL))
        for (name, curve), colour, style in zip(
            curves.items(), SIZE_COLOURS, SIZE_STYLES, strict=True
        ):
            by_size.plot(curve[RATE], curve["mean"], style, color=colour, label=name)
        whole.set_title(title(dataset), loc="left", fontsize=11)
        whole.set_ylabel(scores[dataset].label)
        for axis in (whole, by_size):
            _rate_axis(axis)
            axis.grid(alpha=0.3)
            axis.legend(fontsize=9)
    for axis in grid[-1]:
        axis.set_xlabel("learning rate")
    save(figure, path)
    return True


def _whole(axis: Axes, trials: pd.DataFrame, curve: pd.DataFrame) -> None:
    axis.plot(trials[RATE], trials["test"], ".", color="0.55", ms=3, label="trials")
    axis.fill_between(
        curve[RATE],
        curve["low"],
        curve["high"],
        color=BASELINE_COLOUR,
        alpha=0.25,
        linewidth=0,
        label="95 % of the trees",
    )
    axis.plot(
        curve[RATE], curve["mean"], color=BASELINE_COLOUR, label="mean, all sizes"
    )


def draw_surfaces(
    forests: Forests, path: Path, scores: Mapping[str, Score] = SCORES
) -> bool:
    """Draws what the forests predict by learning rate and size, with the draws.

    If the best rate is the same at every size, the two can be tuned apart.

    Args:
        forests: What `grow_forests` returns; those of all variants are drawn.
        path: The PNG file.
        scores: The scale of each data set.

    Returns:
        Whether there was anything to draw.
    """
    pooled = _pooled(forests)
    if not pooled:
        return False
    figure = Figure(figsize=(7.5, 0.5 + 3.6 * len(pooled)), layout="constrained")
    axes = figure.subplots(len(pooled), 1, squeeze=False)[:, 0]
    for axis, (dataset, forest) in zip(axes, pooled.items(), strict=True):
        table = surface(forest)
        drawn = axis.pcolormesh(
            table.index, table.columns, table.to_numpy().T, cmap="viridis_r"
        )
        points = forest.trials.drop_duplicates(["candidate", "seed"])
        axis.plot(
            points[RATE],
            points[SIZE],
            "o",
            ms=3.5,
            mfc="white",
            mec="0.2",
            label="draws",
        )
        best = table.index[table.to_numpy().argmin(axis=0)]
        axis.plot(best, table.columns, "k--", lw=1.8, label="best rate of a size")
        _rate_axis(axis)
        axis.set_xlabel("learning rate")
        axis.set_yscale("log")
        axis.set_xlim(*forest.factor(RATE).ends)
        axis.set_ylim(*forest.factor(SIZE).ends)
        axis.set_yticks(SIZE_TICKS, [str(size) for size in SIZE_TICKS])
        axis.yaxis.set_minor_formatter(NullFormatter())
        axis.set_ylabel("units")
        axis.set_title(title(dataset), loc="left", fontsize=11)
        figure.colorbar(drawn, ax=axis, label=scores[dataset].label)
    handles = axes[0].get_legend_handles_labels()[0]
    figure.legend(handles=handles, loc="outside upper center", ncols=len(handles))
    save(figure, path)
    return True


def _pooled(forests: Forests) -> dict[str, Forest]:
    found = {
        name: forest for (name, variant), forest in forests.items() if variant == ALL
    }
    return {name: found[name] for name in in_order(found, TITLES)}


def _rate_axis(axis: Axes) -> None:
    axis.set_xscale("log")
    axis.xaxis.set_major_formatter(
        FuncFormatter(lambda rate, _: f"1e{np.log10(rate):.0f}")
    )
    axis.xaxis.set_minor_formatter(NullFormatter())
