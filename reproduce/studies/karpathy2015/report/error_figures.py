"""Pictures of errors: what removes them, and which of them a larger model mends."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from reproduce.report.pictures import save
from reproduce.studies.karpathy2015.analysis.error_tree import ALL
from reproduce.studies.karpathy2015.colours import ORACLES

NARROW = 0.05
"""A piece of a bar with a smaller share than this has no number in it."""


def draw_error_trees(tables: Mapping[str, pd.DataFrame], path: Path) -> bool:
    """Draws a bar for each model, cut by the oracles, and its share of errors.

    Args:
        tables: What `ErrorTree.table` gives, by the name of the model; each with the
            attribute `characters`, the number of all characters.
        path: The PNG file.

    Returns:
        Whether there was anything to draw.

    Reference:
        Karpathy, Johnson and Li 2015 (arXiv:1506.02078), figure 6.
    """
    if not tables:
        return False
    figure = Figure(figsize=(9, 1.5 + 0.8 * len(tables)), layout="constrained")
    axis = figure.subplots()
    labels = []
    for place, (name, table) in enumerate(tables.items()):
        rows = table[table["setting"] == ALL].set_index("oracle")
        _bar(axis, place, rows["share"])
        errors, characters = rows["errors"].sum(), table.attrs["characters"]
        labels.append(f"{name}\n{errors:,} errors, {errors / characters:.0%}")
    axis.set_yticks(range(len(tables)), labels)
    axis.invert_yaxis()
    axis.set_xlim(0, 100)
    axis.set_xlabel("share of the errors, %")
    axis.spines[["top", "right"]].set_visible(False)
    _legend(figure)
    save(figure, path)
    return True


def _bar(axis: Axes, place: int, shares: pd.Series) -> None:
    left = 0.0
    for oracle, colour in ORACLES.items():
        share = float(shares.get(oracle, 0.0))
        axis.barh(
            place, 100 * share, left=left, color=colour, edgecolor="white", height=0.7
        )
        if share >= NARROW:
            middle = left + 50 * share
            axis.text(middle, place, f"{share:.0%}", ha="center", va="center")
        left += 100 * share


def _legend(figure: Figure) -> None:
    handles = [Patch(color=colour, label=name) for name, colour in ORACLES.items()]
    figure.legend(handles=handles, loc="outside upper center", ncols=len(handles))


def draw_scaling(table: pd.DataFrame, names: tuple[str, str], path: Path) -> None:
    """Draws how many errors of each kind two models make, and which are fewer.

    Args:
        table: What `scaling_table` gives.
        names: Of the smaller and the larger model.
        path: The PNG file.

    Reference:
        Karpathy, Johnson and Li 2015 (arXiv:1506.02078), figure 7.
    """
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    counts, shares = figure.subplots(1, 2, sharey=True)
    places = np.arange(len(table))
    colours = [ORACLES[name] for name in table["oracle"]]
    counts.barh(places - 0.2, table["small"] / 1000, height=0.4, color=colours)
    counts.barh(
        places + 0.2,
        table["large"] / 1000,
        height=0.4,
        color=colours,
        alpha=0.5,
        hatch="///",
        edgecolor="white",
    )
    counts.set_xlabel("errors, thousands")
    handles = [
        Patch(facecolor="0.4", label=names[0]),
        Patch(facecolor="0.7", hatch="///", edgecolor="white", label=names[1]),
    ]
    counts.legend(handles=handles, loc="lower right", fontsize=9)
    middle = 100 * table["share"]
    ends = 100 * np.abs(table[["low", "high"]].to_numpy().T - table["share"].to_numpy())
    shares.barh(places, middle, color=colours)
    shares.errorbar(middle, places, xerr=ends, fmt="none", color="black", capsize=3)
    shares.set_xlabel("share of the errors that are fewer, %")
    counts.set_yticks(places, table["oracle"])
    counts.invert_yaxis()
    for axis in (counts, shares):
        axis.grid(axis="x", alpha=0.3)
        axis.set_axisbelow(True)
        axis.spines[["top", "right"]].set_visible(False)
    save(figure, path)
