"""The paper's figures 2 and 3, and how the result depends on the learning rate."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
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

from keras_gated._files import replacing
from reproduce.report.names import (
    COLOURS,
    HEADLINE_ARM,
    NAMES,
    PROTOCOLS,
    marked_title,
    rank,
)
from reproduce.report.results import Record, number

VALID_STYLES = {"lstm": "-", "gru": "--", "tanh": "-."}
"""Told apart without colour, too."""

MARKERS = {"lstm": "o", "gru": "s", "tanh": "^"}
TRAIN_STYLE: dict[str, Any] = {"linestyle": ":", "linewidth": 1.0, "markersize": 3.5}
MARKERS_IN_A_CURVE = 8


def learning_curves(records: Sequence[Record], path: Path) -> None:
    """Draws train and validation NLL against epochs and against wall-clock.

    Args:
        records: The trials to draw, one for each data set and unit.
        path: The PNG file.

    Reference:
        Chung et al. 2014 (arXiv:1412.3555), figures 2 and 3.
    """
    by_dataset = _grouped(records, "dataset")
    figure = Figure(figsize=(9, 0.7 + 3 * len(by_dataset)), layout="constrained")
    grid = figure.subplots(len(by_dataset), 2, sharey="row", squeeze=False)
    for (by_epoch, by_time), trials in zip(grid, by_dataset.values(), strict=True):
        for record in trials:
            seconds = np.cumsum(record["history"]["seconds"])
            _draw_curves(by_epoch, np.arange(1, len(seconds) + 1), record)
            _draw_curves(by_time, seconds, record)
        config = trials[0]["config"]
        by_epoch.set_ylabel("NLL, nats per step")
        by_epoch.set_title(
            marked_title(config["dataset"], config["data"]), loc="left", fontsize=11
        )
        by_epoch.set_xlabel("epochs")
        by_time.set_xlabel("wall-clock seconds")
        curves = [_curves(record) for record in trials]
        _scale(by_epoch, [valid for _, valid in curves], skip=2)
        for axis in (by_epoch, by_time):
            axis.grid(alpha=0.3)
    units = _units(records)
    handles = [_handle(unit) for unit in units]
    handles.append(Line2D([], [], color="0.3", label="train, noise on", **TRAIN_STYLE))
    figure.legend(handles=handles, loc="outside upper center", ncols=len(handles))
    _save(figure, path)


def _curves(record: Record) -> tuple[np.ndarray, np.ndarray]:
    history = record["history"]
    train, valid = (
        np.array([number(value) for value in history[name]])
        for name in ("train_nll_with_noise", "valid_nll")
    )
    return train, valid


def _draw_curves(axis: Axes, x: np.ndarray, record: Record) -> None:
    unit = record["config"]["unit"]
    train, valid = _curves(record)
    every = max(1, math.ceil(len(x) / MARKERS_IN_A_CURVE))
    style: dict[str, Any] = {
        "color": COLOURS[unit],
        "marker": MARKERS[unit],
        "markevery": (every // 2, every),
    }
    axis.plot(x, train, **{**style, **TRAIN_STYLE, "markerfacecolor": "white"})
    axis.plot(
        x, valid, linestyle=VALID_STYLES[unit], linewidth=1.5, markersize=4.5, **style
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


def learning_rates(records: Sequence[Record], path: Path) -> bool:
    """Draws the best validation NLL against the learning rate.

    Args:
        records: All finished trials.
        path: The PNG file.

    Returns:
        Whether there was anything to draw: a protocol that tried more than one rate.
    """
    panels = _rate_panels(records)
    if not panels:
        return False
    columns = min(3, len(panels))
    rows = math.ceil(len(panels) / columns)
    width = max(4.5, 3.3 * columns)
    figure = Figure(figsize=(width, 0.7 + 3 * rows), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for axis in axes[len(panels) :]:
        axis.remove()
    for axis, ((protocol, _), trials) in zip(axes, panels.items(), strict=False):
        for unit, of_unit in _grouped(trials, "unit").items():
            for of_seed in _grouped(of_unit, "seed").values():
                points = sorted(
                    (r["config"]["learning_rate"], _best(r)) for r in of_seed
                )
                rates, scores = zip(*points, strict=True)
                axis.plot(rates, scores, **_style(unit), linewidth=1.0, markersize=4)
        config = trials[0]["config"]
        name = marked_title(config["dataset"], config["data"])
        axis.set_title(f"{name}\n{PROTOCOLS[protocol]}", fontsize=9)
        axis.set_xscale("log")
        axis.xaxis.set_major_locator(LogLocator(subs=(1, 3)))
        axis.xaxis.set_major_formatter(
            lambda rate, _: f"{rate:.0e}".replace("e-0", "e-")
        )
        axis.xaxis.set_minor_formatter(NullFormatter())
        axis.set_xlabel("learning rate")
        axis.grid(alpha=0.3)
        _scale(axis, [np.array([_best(record) for record in trials])])
    for axis in axes[::columns]:
        axis.set_ylabel("best validation NLL")
    drawn = [record for trials in panels.values() for record in trials]
    handles = [_handle(unit) for unit in _units(drawn)]
    figure.legend(handles=handles, loc="outside upper center", ncols=len(handles))
    _save(figure, path)
    return True


def _rate_panels(records: Sequence[Record]) -> dict[tuple[str, str], list[Record]]:
    panels = {}
    table1 = [record for record in records if record["config"]["arm"] == HEADLINE_ARM]
    for protocol, of_protocol in _grouped(table1, "protocol").items():
        for dataset, trials in _grouped(of_protocol, "dataset").items():
            if len({record["config"]["candidate"] for record in trials}) > 1:
                panels[protocol, dataset] = trials
    return panels


def _best(record: Record) -> float:
    return number(record["nll"]["valid"]["pooled"])


def _grouped(records: Sequence[Record], key: str) -> dict[str, list[Record]]:
    groups: dict[str, list[Record]] = {}
    for record in sorted(records, key=lambda r: rank(key, r["config"][key])):
        groups.setdefault(record["config"][key], []).append(record)
    return groups


def _units(records: Sequence[Record]) -> list[str]:
    return [unit for unit in NAMES if unit in _grouped(records, "unit")]


def _style(unit: str) -> dict[str, Any]:
    return {
        "color": COLOURS[unit],
        "linestyle": VALID_STYLES[unit],
        "marker": MARKERS[unit],
    }


def _handle(unit: str) -> Line2D:
    return Line2D([], [], label=NAMES[unit], linewidth=1.5, **_style(unit))


def _save(figure: Figure, path: Path) -> None:
    with replacing(path) as file:
        figure.savefig(file, format="png", dpi=150)
