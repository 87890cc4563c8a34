"""Box plots of the best tenths, and shares of variance, the paper's beside ours."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from reproduce.report.pictures import save
from reproduce.studies.odyssey2015 import paper
from reproduce.studies.odyssey2015.analysis.best_tenth import best_tenth
from reproduce.studies.odyssey2015.analysis.factors import FACTOR_TITLES
from reproduce.studies.odyssey2015.analysis.scores import SCORES, Score
from reproduce.studies.odyssey2015.names import (
    ALL,
    BASELINE_COLOUR,
    PAPER_COLOUR,
    TITLES,
    VANILLA,
    VARIANT_COLOUR,
    VARIANTS,
    in_order,
    title,
)

BARS = "0.9"
MARGINS_SHOWN = 12
"""Height of a panel; what is worse is named at its upper edge."""

OURS_AT, PAPER_AT = -0.12, 0.26
"""Where in its column ours and the paper's stand."""


def draw_boxes(
    trials: pd.DataFrame, path: Path, scores: Mapping[str, Score] = SCORES
) -> None:
    """Draws the test scores of the best tenths, and their parameters.

    Args:
        trials: One row for each trial.
        path: The PNG file.
        scores: The scale of each data set.

    Reference:
        Greff et al. 2015 (arXiv:1503.04069), figure 3.
    """
    chosen = best_tenth(trials, scores)
    datasets = in_order(chosen["dataset"], TITLES)
    figure = Figure(figsize=(9, 0.6 + 3.6 * len(datasets)), layout="constrained")
    axes = figure.subplots(len(datasets), 1, squeeze=False)[:, 0]
    for axis, dataset in zip(axes, datasets, strict=True):
        _boxes(axis, chosen[chosen["dataset"] == dataset], scores[dataset])
        axis.set_title(title(dataset), loc="left", fontsize=11)
    handles: list[Any] = [
        Patch(facecolor=BASELINE_COLOUR, alpha=0.6, label="vanilla"),
        Patch(facecolor=VARIANT_COLOUR, alpha=0.6, label="variants"),
        Line2D([], [], color="black", marker=".", ls="", label="a trial"),
        Patch(facecolor=BARS, label="parameters, mean"),
    ]
    if any(dataset in paper.BOXES for dataset in datasets):
        handles.insert(3, Line2D([], [], **_PAPER, label=PAPER_LABEL))
    figure.legend(handles=handles, loc="outside upper center", ncols=len(handles))
    save(figure, path)


PAPER_LABEL = "the paper's quartiles, mean and best;\n* differs from vanilla"
_PAPER: dict[str, Any] = {
    "color": PAPER_COLOUR,
    "linewidth": 2,
    "marker": "D",
    "markersize": 5,
    "markerfacecolor": "white",
}


def _boxes(axis: Axes, chosen: pd.DataFrame, score: Score) -> None:
    names = in_order(chosen["variant"], VARIANTS)
    tests = [chosen.loc[chosen["variant"] == n, "test"].to_numpy() for n in names]
    places = np.arange(len(names))
    drawn = axis.boxplot(
        tests,
        positions=places + OURS_AT,
        widths=0.36,
        patch_artist=True,
        showfliers=False,
        medianprops={"color": "black", "linewidth": 1.6},
        manage_ticks=False,
    )
    for name, part in zip(names, drawn["boxes"], strict=True):
        colour = BASELINE_COLOUR if name == VANILLA else VARIANT_COLOUR
        part.set(facecolor=colour, alpha=0.6)
    for place, values in zip(places, tests, strict=True):
        axis.plot(np.full(len(values), place + OURS_AT), values, "k.", ms=3.5)
    lows = [values.min() for values in tests]
    for place, name in zip(places, names, strict=True):
        theirs = paper.box(str(chosen["dataset"].iloc[0]), name)
        if theirs is not None:
            lows.append(theirs.minimum)
            _paper_box(axis, place + PAPER_AT, theirs)
    bottom = min(lows) - 0.5 * score.margin
    top = max(values.max() for values in tests) + 0.5 * score.margin
    top = min(top, min(lows) + MARGINS_SHOWN * score.margin)
    axis.set_ylim(bottom, top)
    for place, values in zip(places, tests, strict=True):
        if np.median(values) > top:
            axis.annotate(
                f"\N{UPWARDS ARROW} {np.median(values):.2f}",
                (place + OURS_AT, 0.97),
                xycoords=("data", "axes fraction"),
                ha="center",
                va="top",
                fontsize=9,
            )
    axis.set_ylabel(score.label)
    axis.set_xlim(-0.6, len(names) - 0.4)
    axis.set_xticks(
        places, [f"{n}\n{len(v)} best" for n, v in zip(names, tests, strict=True)]
    )
    axis.grid(axis="y", alpha=0.3)
    means = chosen.groupby("variant")["total_parameters"].mean()[names].to_numpy()
    _parameter_bars(axis, places, means)


def _paper_box(axis: Axes, place: float, theirs: paper.Box) -> None:
    # Of a box that leaves the paper's scale the lower quartile is all there is.
    high = axis.get_ylim()[1] if np.isnan(theirs.high) else theirs.high
    axis.plot([place] * 2, [theirs.low, high], **{**_PAPER, "marker": ""})
    axis.plot(place, theirs.mean, **_PAPER)
    axis.plot(place, theirs.minimum, marker="_", color=PAPER_COLOUR, ms=7, mew=1.5)
    if theirs.differs:
        axis.annotate(
            "*",
            (place, theirs.low),
            xytext=(6, 0),
            textcoords="offset points",
            color=PAPER_COLOUR,
            va="center",
            fontsize=12,
        )


def _parameter_bars(axis: Axes, places: np.ndarray, means: np.ndarray) -> None:
    """Bars behind the boxes, in the lower half."""
    behind = axis.twinx()
    behind.bar(places, means, width=0.9, color=BARS)
    behind.set_ylim(0, 2.2 * means.max())
    behind.set_ylabel("parameters, thousands")
    behind.yaxis.set_major_formatter(FuncFormatter(lambda n, _: f"{n / 1000:.0f}"))
    behind.yaxis.set_major_locator(MaxNLocator(5))
    axis.set_zorder(behind.get_zorder() + 1)
    axis.patch.set_visible(False)


SHOWN = (*FACTOR_TITLES, paper.HIGHER_ORDER)


def draw_shares(importance: pd.DataFrame, path: Path) -> bool:
    """Draws the shares of variance of all variants together.

    Args:
        importance: What `importance_table` returns.
        path: The PNG file.

    Returns:
        Whether there was anything to draw.

    Reference:
        Greff et al. 2015 (arXiv:1503.04069), figure 5.
    """
    pooled = importance[
        (importance["variant"] == ALL)
        & importance["factor"].isin(SHOWN)
        & importance["share"].notna()
    ]
    datasets = in_order(pooled["dataset"], TITLES)
    if not datasets:
        return False
    figure = Figure(figsize=(8, 0.6 + 3.2 * len(datasets)), layout="constrained")
    axes = figure.subplots(len(datasets), 1, squeeze=False)[:, 0]
    for axis, dataset in zip(axes, datasets, strict=True):
        rows = pooled[pooled["dataset"] == dataset].set_index("factor")
        _shares(axis, rows.reindex([n for n in SHOWN if n in rows.index]))
        trials, draws = int(rows["trials"].iloc[0]), int(rows["draws"].iloc[0])
        about = f"{title(dataset)}: {trials} trials, {draws} draws"
        axis.set_title(about, loc="left", fontsize=11)
    handles = [
        Patch(color=BASELINE_COLOUR, label="ours, with 95 % of the trees"),
        Patch(color=PAPER_COLOUR, label="the paper's, for the set of this role"),
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=2)
    save(figure, path)
    return True


def _shares(axis: Axes, rows: pd.DataFrame) -> None:
    labels = rows["shown"].str.replace(r" \(.*", "", regex=True)
    percents = rows[["share", "low", "high", "paper_share"]] * 100
    places = np.arange(len(rows))
    axis.barh(places - 0.19, percents["share"], height=0.36, color=BASELINE_COLOUR)
    axis.barh(places + 0.19, percents["paper_share"], height=0.36, color=PAPER_COLOUR)
    axis.hlines(places - 0.19, percents["low"], percents["high"], color="black", lw=1.2)
    for place, (factor, row) in zip(places, percents.iterrows(), strict=True):
        _label(axis, max(row["share"], row["high"]), place - 0.19, labels[factor])
        theirs = paper.percent(str(factor), row["paper_share"] / 100)
        if theirs:
            _label(axis, row["paper_share"], place + 0.19, theirs)
    titles = {
        **FACTOR_TITLES,
        "one_minus_momentum": "momentum",
        paper.HIGHER_ORDER: "all interactions",
    }
    axis.set_yticks(places, [titles[str(name)] for name in rows.index])
    axis.invert_yaxis()
    axis.set_xlim(0, 112)
    axis.set_xticks(range(0, 101, 20))
    axis.set_xlabel("share of the variance of the test score, %")
    axis.grid(axis="x", alpha=0.3)
    axis.set_axisbelow(True)


def _label(axis: Axes, x: float, y: float, text: str) -> None:
    axis.text(x + 1, y, text, va="center", fontsize=9)
