"""Draws learning curves, and scores against learning rates."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import (
    AutoLocator,
    LogLocator,
    NullFormatter,
    NullLocator,
    ScalarFormatter,
)

from reproduce.record import Record
from reproduce.studies.chung2014.report.names import (
    COLOURS,
    NAMES,
    PROTOCOLS,
    in_order,
    marked_title,
)
from reproduce.study import Results

VALID_STYLES = {"lstm": "-", "gru": "--", "tanh": "-."}
"""Told apart without colour, too."""

MARKERS = {"lstm": "o", "gru": "s", "tanh": "^"}
TRAIN_STYLE: dict[str, Any] = {"linestyle": ":", "linewidth": 1.0, "markersize": 3.5}
MARKERS_IN_A_CURVE = 8


def learning_curves(results: Results) -> Figure:
    """Train and validation NLL against epochs and against wall-clock.

    Args:
        results: The trials to draw, one for each data set and unit.

    Reference:
        Chung et al. 2014 (arXiv:1412.3555), figures 2 and 3.
    """
    trials = in_order(results.frame, ["dataset", "unit"])
    by_dataset = dict(list(trials.groupby("dataset", sort=False)))
    figure = Figure(figsize=(9, 0.7 + 3 * len(by_dataset)), layout="constrained")
    grid = figure.subplots(len(by_dataset), 2, sharey="row", squeeze=False)
    for (by_epoch, by_time), rows in zip(grid, by_dataset.values(), strict=True):
        records = [results.records[position] for position in rows.index]
        for unit, record in zip(rows["unit"], records, strict=True):
            seconds = np.cumsum(record.history["seconds"])
            _draw_curves(by_epoch, np.arange(1, len(seconds) + 1), unit, record)
            _draw_curves(by_time, seconds, unit, record)
        by_epoch.set_ylabel("NLL, nats per step")
        by_epoch.set_title(_title(rows), loc="left", fontsize=11)
        by_epoch.set_xlabel("epochs")
        by_time.set_xlabel("wall-clock seconds")
        curves = [np.array(record.history["valid_nll"]) for record in records]
        _scale(by_epoch, curves, skip=2)
        for axis in (by_epoch, by_time):
            axis.grid(alpha=0.3)
    train = Line2D([], [], color="0.3", label="train, noise on", **TRAIN_STYLE)
    _add_legend(figure, trials, [train])
    return figure


def _draw_curves(axis: Axes, x: np.ndarray, unit: str, record: Record) -> None:
    every = max(1, math.ceil(len(x) / MARKERS_IN_A_CURVE))
    style: dict[str, Any] = {
        "color": COLOURS[unit],
        "marker": MARKERS[unit],
        "markevery": (every // 2, every),
    }
    axis.plot(
        x,
        record.history["train_nll_with_noise"],
        **{**style, **TRAIN_STYLE, "markerfacecolor": "white"},
    )
    axis.plot(
        x,
        record.history["valid_nll"],
        linestyle=VALID_STYLES[unit],
        linewidth=1.5,
        markersize=4.5,
        **style,
    )


def _scale(axis: Axes, curves: Sequence[np.ndarray], skip: int = 0) -> None:
    """Sets a scale on which the ends of the curves can be told apart.

    The steep first epochs are left out, which would flatten the rest. Densities of
    speech may pass one, and their NLL zero; then the scale is linear.
    """
    everything = np.concatenate(curves)
    everything = everything[np.isfinite(everything)]
    if everything.size and everything.min() > 0:
        axis.set_yscale("log")
    axis.yaxis.set_major_locator(AutoLocator())
    axis.yaxis.set_major_formatter(ScalarFormatter())
    axis.yaxis.set_minor_locator(NullLocator())
    after = np.concatenate([curve[min(skip, len(curve) // 8) :] for curve in curves])
    after = after[np.isfinite(after)]
    if after.size and np.ptp(after):
        axis.set_ylim(top=float(after.max()) + 0.05 * float(np.ptp(after)))


def learning_rates(trials: pd.DataFrame) -> Figure:
    """The best validation NLL against the learning rate.

    Args:
        trials: The frame of the trials to draw; each protocol and data set gets a
            panel.
    """
    trials = in_order(trials, ["protocol", "dataset", "unit", "seed", "learning_rate"])
    panels = list(trials.groupby(["protocol", "dataset"], sort=False))
    columns = min(3, len(panels))
    rows = math.ceil(len(panels) / columns)
    width = max(4.5, 3.3 * columns)
    figure = Figure(figsize=(width, 0.7 + 3 * rows), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for axis in axes[len(panels) :]:
        axis.remove()
    for axis, ((protocol, _), of_panel) in zip(axes, panels, strict=False):
        for (unit, _), line in of_panel.groupby(["unit", "seed"], sort=False):
            rates, scores = line["learning_rate"], line["valid_nll_pooled"]
            axis.plot(rates, scores, **_style(unit), linewidth=1.0, markersize=4)
        axis.set_title(f"{_title(of_panel)}\n{PROTOCOLS[protocol]}", fontsize=9)
        axis.set_xscale("log")
        axis.xaxis.set_major_locator(LogLocator(subs=(1, 3)))
        axis.xaxis.set_major_formatter(
            lambda rate, _: f"{rate:.0e}".replace("e-0", "e-")
        )
        axis.xaxis.set_minor_formatter(NullFormatter())
        axis.set_xlabel("learning rate")
        axis.grid(alpha=0.3)
        _scale(axis, [of_panel["valid_nll_pooled"].to_numpy()])
    for axis in axes[::columns]:
        axis.set_ylabel("best validation NLL")
    _add_legend(figure, trials)
    return figure


def _title(trials: pd.DataFrame) -> str:
    """The name of the data set of a panel."""
    first = trials.iloc[0]
    return marked_title(first["dataset"], first["data"])


def _style(unit: str) -> dict[str, Any]:
    return {
        "color": COLOURS[unit],
        "linestyle": VALID_STYLES[unit],
        "marker": MARKERS[unit],
    }


def _add_legend(
    figure: Figure, trials: pd.DataFrame, others: Iterable[Line2D] = ()
) -> None:
    units = [unit for unit in NAMES if unit in set(trials["unit"])]
    lines = [
        Line2D([], [], label=NAMES[unit], linewidth=1.5, **_style(unit))
        for unit in units
    ]
    handles = [*lines, *others]
    figure.legend(handles=handles, loc="outside upper center", ncols=len(handles))
