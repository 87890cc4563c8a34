"""Pictures of what memory does: activations, noise, responses and trajectories."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from keras_gated.analysis import plot_trajectories, trajectories
from reproduce.report.pictures import save
from reproduce.studies.tang2016.analysis.activations import EDGES
from reproduce.studies.tang2016.analysis.responses import THRESHOLDS, units_per_phone
from reproduce.studies.tang2016.findings import DENSITY, RESPONSES, WAY, noises
from reproduce.studies.tang2016.left import Left, looked_into
from reproduce.studies.tang2016.names import TITLES, UNITS
from reproduce.study import Picture, Results

STYLES = {"lstm": ("#0072B2", "-"), "gru": ("#D55E00", "--"), "tanh": ("#009E73", "-.")}
"""Colours that colour-blind readers tell apart, and lines that printers do."""

_PERPLEXITY = 30.0

Models = dict[str, list[Left]]
"""What the models of each unit left, a model for each seed."""


def draw(results: Results, out: Path) -> Iterator[Picture]:
    """Draws what was looked into, of models without shortcuts, data set by data set."""
    by_dataset: dict[str, Models] = {}
    for trial, left in looked_into(results):
        if not trial.shortcuts:
            models = by_dataset.setdefault(trial.dataset, {})
            models.setdefault(trial.unit, []).append(left)
    for dataset, models in by_dataset.items():
        title = TITLES[dataset]
        yield _picture(
            _activations(models),
            out / f"activations_{dataset}.png",
            "A panel for each layer with the density of activations, a line for each "
            "unit.",
            f"{title}: activations by layer, all units, mean over seeds; of LSTM the "
            "tanh of cells.",
        )
        yield _picture(
            _noise(models),
            out / f"noise_{dataset}.png",
            "A panel for each noise and layer with the distance from the clean run "
            "after the noise, a line for each unit.",
            f"{title}: distance from the clean run after half a second of noise, by "
            "layer, mean over sentences and seeds, as a share of the first frame's.",
        )
        yield _picture(
            _responses(models),
            out / f"responses_{dataset}.png",
            "A panel for each layer with the number of units that respond to each "
            "phone, a line for each unit.",
            f"{title}: units that respond to each phone, sorted by number, at 80 % of "
            "their maximum for LSTM and 50 % for the others, as in the paper.",
        )
        yield _picture(
            _ways(models),
            out / f"trajectories_{dataset}.png",
            "A panel for each unit with the way of the memory through some sentences.",
            f"{title}: the memory of the last layer in test sentences, by t-SNE, of "
            "the first seed. Distances between panels mean nothing.",
        )


FIGURES = (draw,)


def _picture(figure: Figure, path: Path, alt: str, caption: str) -> Picture:
    save(figure, path)
    return Picture(path.name, alt, caption)


def _panels(rows: int, columns: int) -> tuple[Figure, Any]:
    figure = Figure(
        figsize=(3.2 * columns + 0.6, 2.4 * rows + 0.8), layout="constrained"
    )
    return figure, figure.subplots(rows, columns, squeeze=False, sharey="row")


def _by_layer(
    models: Models, group: str, of_layer: Callable[[str, Any], Any]
) -> dict[str, list[Any]]:
    """The mean over seeds of each layer, by unit."""
    return {
        unit: [
            np.mean([of_layer(unit, array) for array in arrays], axis=0)
            for arrays in zip(*(left[group] for left in lefts), strict=True)
        ]
        for unit, lefts in models.items()
    }


def _lines(panel: Any, unit: str, *xy: Any) -> None:
    colour, line = STYLES[unit]
    panel.plot(*xy, color=colour, linestyle=line, label=UNITS[unit], linewidth=1.3)


def _activations(models: Models) -> Figure:
    found = _by_layer(models, DENSITY, lambda unit, density: density)
    layers = len(next(iter(found.values())))
    figure, panels = _panels(1, layers)
    middles = (EDGES[1:] + EDGES[:-1]) / 2
    for layer, panel in enumerate(panels[0]):
        for unit, of_unit in found.items():
            _lines(panel, unit, middles, of_unit[layer])
        panel.set(title=f"layer {layer + 1}", xlabel="activation", yscale="log")
    panels[0, 0].set_ylabel("density")
    panels[0, 0].legend(fontsize=8)
    return figure


def _noise(models: Models) -> Figure:
    curves: dict[tuple[str, int], dict[int, dict[str, list[Any]]]] = {}
    for unit, lefts in models.items():
        for left in lefts:
            for found in noises(left):
                of_layer = curves.setdefault((found.kind, found.level), {})
                of_unit = of_layer.setdefault(found.layer, {})
                of_unit.setdefault(unit, []).append(found.curve)
    layers = len(next(iter(curves.values())))
    figure, panels = _panels(len(curves), layers)
    for ((kind, level), of_layer), row in zip(curves.items(), panels, strict=True):
        for (layer, of_unit), panel in zip(of_layer.items(), row, strict=True):
            for unit, found_curves in of_unit.items():
                length = min(map(len, found_curves))
                mean = np.mean([curve[:length] for curve in found_curves], axis=0)
                _lines(panel, unit, 10 * np.arange(length), mean)
            panel.axhline(0.5, color="0.7", linewidth=0.8)
            panel.set_title(f"{kind}, {level} dB, layer {layer}", fontsize=9)
            panel.set_ylim(0, None)
        row[0].set_ylabel("distance")
    for panel in panels[-1]:
        panel.set_xlabel("ms after the noise")
    panels[0, 0].legend(fontsize=8)
    return figure


def _responses(models: Models) -> Figure:
    found = _by_layer(
        models,
        RESPONSES,
        lambda unit, array: units_per_phone(array, THRESHOLDS[unit]),
    )
    layers = len(next(iter(found.values())))
    figure, panels = _panels(1, layers)
    for layer, panel in enumerate(panels[0]):
        for unit, of_unit in found.items():
            counts = of_unit[layer]
            _lines(panel, unit, np.sort(counts[np.isfinite(counts)])[::-1])
        panel.set(title=f"layer {layer + 1}", xlabel="phones, by number of units")
    panels[0, 0].set_ylabel("units that respond")
    panels[0, 0].legend(fontsize=8)
    return figure


def _ways(models: Models) -> Figure:
    figure, panels = _panels(1, len(models))
    for (unit, lefts), panel in zip(models.items(), panels[0], strict=True):
        ways = lefts[0][WAY]
        longest = max(map(len, ways))
        states = np.zeros((len(ways), longest, ways[0].shape[1]), np.float32)
        mask = np.zeros(states.shape[:2], bool)
        for row, way in enumerate(ways):
            states[row, : len(way)], mask[row, : len(way)] = way, True
        perplexity = min(_PERPLEXITY, (mask.sum() - 1) / 3)
        found = trajectories(states, "tsne", perplexity=perplexity, mask=mask)
        plot_trajectories(found, panel)
        panel.set_title(UNITS[unit])
    return figure
