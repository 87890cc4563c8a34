"""Pictures of what tunes of different origins are like."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from reproduce.report.pictures import save
from reproduce.studies.tunes.chosen import Tunes
from reproduce.studies.tunes.claims.intervals import mean_of
from reproduce.studies.tunes.claims.written import WELL_FORMED
from reproduce.studies.tunes.judging import COUNTS, MOST_COPIED, PARTS
from reproduce.studies.tunes.names import HELD_OUT, NGRAM

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#56B4E9", "#E69F00", "#66C2A5")
BESIDE = {HELD_OUT: "#000000", NGRAM: "#888888"}

Origins = Mapping[str, Tunes]


def draw_shares(origins: Origins, path: Path) -> None:
    """Draws the share of well-formed tunes, and a map of what it is made of.

    Args:
        origins: The tunes by whose they are.
        path: The PNG file.
    """
    figure = Figure(figsize=(9, 1.6 + 0.4 * len(origins)), layout="constrained")
    bars, parts = figure.subplots(1, 2, sharey=True)
    colours = _colours(origins)
    for place, (name, tunes) in enumerate(origins.items()):
        found = mean_of(tunes.of("well_formed"))
        bars.barh(place, 100 * found.mean, color=colours[name])
        ends = [100 * (found.mean - found.low), 100 * (found.high - found.mean)]
        bars.errorbar(
            100 * found.mean, place, xerr=np.array([ends]).T, color="0.3", capsize=3
        )
    bars.axvline(100 * WELL_FORMED, color="0.4", linewidth=0.8)
    bars.set_xlim(0, 100)
    bars.set_xlabel("well-formed tunes, %")
    bars.spines[["top", "right"]].set_visible(False)
    shares = np.array([[tunes.share(p) for p in PARTS] for tunes in origins.values()])
    parts.imshow(shares, vmin=0, vmax=1, aspect="auto", cmap="Blues")
    for (row, column), share in np.ndenumerate(shares):
        colour = "white" if share > 0.6 else "black"
        parts.text(
            column, row, f"{100 * share:.0f}", ha="center", va="center", color=colour
        )
    parts.set_xticks(range(len(PARTS)), [part.replace("_", " ") for part in PARTS])
    parts.tick_params(axis="x", rotation=30)
    # The map has turned the axis that both share: the first row is the uppermost.
    bars.set_yticks(range(len(origins)), list(origins))
    save(figure, path)


def draw_runs(origins: Origins, path: Path) -> None:
    """Draws how many tunes have a longer copied run than so many tokens or notes."""
    figure = Figure(figsize=(9, 4), layout="constrained")
    tokens, notes = figure.subplots(1, 2, sharey=True)
    _curves(tokens, origins, "copied", "tokens")
    _curves(notes, origins, "copied_in_any_key", "notes, in any key")
    tokens.set_ylabel("tunes with a longer run, %")
    notes.legend(fontsize=8)
    save(figure, path)


def _curves(axis: Axes, origins: Origins, column: str, what: str) -> None:
    colours = _colours(origins)
    longest = 0.0
    for name, tunes in origins.items():
        runs = np.sort(np.concatenate(tunes.of(column)))
        if runs.size:
            longest = max(longest, np.quantile(runs, 0.99))
            longer = 100 * (1 - np.arange(runs.size + 1) / runs.size)
            style = "-" if name in BESIDE or "tokens" in name else "--"
            axis.step(
                [0, *runs], longer, style, where="post", color=colours[name], label=name
            )
    axis.axvline(MOST_COPIED, color="0.6", linewidth=0.8)
    axis.set_xlim(0, max(longest, MOST_COPIED) + 1)
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    axis.set_xlabel(f"longest run of a training tune, {what}")
    axis.grid(alpha=0.3)
    axis.spines[["top", "right"]].set_visible(False)


def draw_distances(origins: Origins, path: Path) -> None:
    """Draws the distances to the test tunes with their intervals, seed by seed."""
    figure = Figure(figsize=(9, 1.6 + 0.4 * len(origins)), layout="constrained")
    axes = figure.subplots(1, len(COUNTS), sharey=True)
    colours = _colours(origins)
    for place, (axis, what) in enumerate(zip(axes, COUNTS, strict=True)):
        for row, (name, tunes) in enumerate(origins.items()):
            for seed, distances in enumerate(tunes.distances):
                value, low, high = distances[place]
                at = row + 0.2 * (seed - (len(tunes.distances) - 1) / 2)
                axis.plot([low, high], [at, at], color=colours[name])
                axis.plot(value, at, "o", color=colours[name])
        axis.set_xlabel(f"{what}, distance")
        axis.set_xlim(left=0)
        axis.grid(axis="x", alpha=0.3)
        axis.spines[["top", "right"]].set_visible(False)
    axes[0].set_yticks(range(len(origins)), list(origins))
    axes[0].set_ylim(len(origins) - 0.5, -0.5)
    save(figure, path)


def _colours(origins: Origins) -> dict[str, str]:
    models = [name for name in origins if name not in BESIDE]
    return BESIDE | {
        name: COLOURS[place % len(COLOURS)] for place, name in enumerate(models)
    }
