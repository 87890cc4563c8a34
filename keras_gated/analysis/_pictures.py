"""What the pictures have in common."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from keras_gated._extras import needing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
"""Told apart by colour-blind readers, too."""

MARKERS = ("o", "^", "s", "D", "v", "P")
LINES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)))
"""Markers and lines are told apart without colour."""


def style(number: int) -> dict[str, Any]:
    """The colour and line of a layer, by its place among the layers."""
    return {
        "color": COLOURS[number % len(COLOURS)],
        "linestyle": LINES[number % len(LINES)],
    }


def marker(number: int) -> dict[str, Any]:
    """The colour and marker of a layer, by its place among the layers."""
    return {
        "color": COLOURS[number % len(COLOURS)],
        "marker": MARKERS[number % len(MARKERS)],
    }


def new_axes() -> "Axes":
    """The axes of a new figure."""
    return _pyplot().subplots(figsize=(4.5, 3.4), layout="constrained")[1]


def panels(
    names: Sequence[str], figure: "Figure | SubFigure | None"
) -> tuple["Figure | SubFigure", dict[str, "Axes"]]:
    """One panel for each name, in a new figure if there is none."""
    columns = min(len(names), 4 if len(names) in (4, 7, 8) else 3)
    rows = math.ceil(len(names) / columns)
    if figure is None:
        size = (max(3.6, 2.6 * columns), 2.6 * rows + 0.3)
        figure = _pyplot().figure(figsize=size, layout="constrained")
    axes = {}
    for number, name in enumerate(names, start=1):
        axes[name] = figure.add_subplot(rows, columns, number)
        axes[name].set_title(name.replace("_", " "), fontsize="medium")
    return figure, axes


def legend_above(
    figure: "Figure | SubFigure", handles: Sequence[Any], labels: Sequence[str]
) -> None:
    """A legend outside the panels, where there is a name to tell."""
    if any(labels):
        figure.legend(handles, labels, loc="outside upper center", ncols=4)


def _pyplot() -> Any:
    with needing("Pictures need matplotlib", "analysis"):
        import matplotlib.pyplot
    return matplotlib.pyplot
