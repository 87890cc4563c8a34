"""The picture of how the time of a training step grows."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from benchmarks.workloads import GROWTH_BASE
from keras_gated._files import replacing

COLOURS = {"jax": "#0072B2", "tensorflow": "#D55E00", "torch": "#009E73"}
"""One colour for each backend, told apart by colour-blind readers too."""

MARKERS = {"jax": "o", "tensorflow": "s", "torch": "^"}

NAMES = {"jax": "JAX", "tensorflow": "TensorFlow", "torch": "PyTorch"}

DIMENSIONS = {
    "steps": "T, time steps",
    "batch": "B, sequences in a batch",
    "units": "H, units",
}


def draw_growth(growth: Sequence[dict[str, Any]], path: Path) -> None:
    """Draws a panel for each dimension, with a line for each backend.

    Args:
        growth: What `benchmarks.results.make_growth` gave, for any backends.
        path: The PNG file to write.
    """
    figure = Figure(figsize=(11, 4.2), layout="constrained")
    panels = figure.subplots(1, len(DIMENSIONS), sharey=True)
    for axis, (dimension, label) in zip(panels, DIMENSIONS.items(), strict=True):
        lines = [one for one in growth if one["dimension"] == dimension]
        draw_panel(axis, lines)
        axis.set_xlabel(label, fontsize=11)
        axis.set_title(f"at {others(dimension)}", fontsize=11)
    panels[0].set_ylabel("training step, milliseconds", fontsize=11)
    figure.suptitle("Peephole LSTM: how the time of a training step grows", fontsize=13)
    with replacing(path) as file:
        figure.savefig(file, format="png", dpi=150)


def draw_panel(axis: Axes, lines: Sequence[dict[str, Any]]) -> None:
    """Draws the medians and quartiles along one dimension, and a guide of slope 1."""
    for line in lines:
        backend, sizes, points = line["backend"], line["sizes"], line["points"]
        low, middle, high = (
            [point[f"{of}_ms"] for point in points] for of in ("low", "median", "high")
        )
        axis.fill_between(sizes, low, high, color=COLOURS[backend], alpha=0.2, lw=0)
        axis.plot(
            sizes,
            middle,
            color=COLOURS[backend],
            marker=MARKERS[backend],
            linewidth=1.8,
            label=f"{NAMES[backend]}, slope {line['exponent']:.2f}",
        )
    axis.set(xscale="log", yscale="log")
    if lines:
        draw_guide(axis, lines)
        axis.set_xticks(lines[0]["sizes"], map(str, lines[0]["sizes"]))
        axis.legend(fontsize=10, loc="upper left")
    axis.xaxis.set_minor_locator(NullLocator())
    axis.yaxis.set_major_formatter("{x:g}")
    axis.tick_params(labelsize=10)
    axis.grid(alpha=0.3)


def draw_guide(axis: Axes, lines: Sequence[dict[str, Any]]) -> None:
    """Draws what grows in proportion, a little below the lowest line."""
    sizes = lines[0]["sizes"]
    start = 0.6 * min(
        point["median_ms"] * sizes[0] / size
        for line in lines
        for size, point in zip(line["sizes"], line["points"], strict=True)
    )
    axis.plot(
        sizes,
        [start * size / sizes[0] for size in sizes],
        color="#666666",
        linestyle="--",
        linewidth=1.2,
        label="slope 1",
    )


def others(dimension: str) -> str:
    """The sizes that stay."""
    letters = {"batch": "B", "steps": "T", "features": "D", "units": "H"}
    return ", ".join(
        f"{letter} = {getattr(GROWTH_BASE, name)}"
        for name, letter in letters.items()
        if name != dimension
    )
