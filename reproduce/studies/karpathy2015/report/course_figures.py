"""Pictures of curves: braces by distance, and n-grams in the course of training."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reproduce.report.pictures import save
from reproduce.studies.karpathy2015.colours import LINES, NGRAM


def draw_braces(tables: Mapping[str, pd.DataFrame], path: Path) -> bool:
    """Draws the probability of the closing brace by the distance of the opening one.

    Args:
        tables: What `brace_table` gives, by the name of the model, all beside the same
            n-gram.
        path: The PNG file.

    Returns:
        Whether there was anything to draw.

    Reference:
        Karpathy, Johnson and Li 2015 (arXiv:1506.02078), figure 5.
    """
    tables = {name: table for name, table in tables.items() if len(table)}
    if not tables:
        return False
    figure = Figure(figsize=(9, 4), layout="constrained")
    levels, gains = figure.subplots(1, 2)
    first = next(iter(tables.values()))
    _curve(levels, first, "ngram", "20-gram", NGRAM, "-", "x")
    for (name, table), (colour, line, mark) in zip(tables.items(), LINES, strict=False):
        _curve(levels, table, "model", name, colour, line, mark)
        _curve(gains, table, "difference", name, colour, line, mark)
    levels.set_ylabel("probability of the closing brace, mean")
    levels.set_ylim(0, 1)
    gains.set_ylabel("minus that of the 20-gram")
    gains.axhline(0, color=NGRAM, linewidth=0.8)
    for axis in (levels, gains):
        axis.set_xlabel("characters since the opening brace")
        axis.grid(alpha=0.3)
        axis.spines[["top", "right"]].set_visible(False)
    levels.legend(fontsize=9)
    save(figure, path)
    return True


def _curve(
    axis: Axes,
    table: pd.DataFrame,
    column: str,
    label: str,
    colour: str,
    line: str,
    mark: str,
) -> None:
    middles = (table["over"] + table["to"]) / 2
    axis.plot(middles, table[column], color=colour, ls=line, marker=mark, label=label)
    axis.fill_between(
        middles,
        table[f"{column}_low"],
        table[f"{column}_high"],
        color=colour,
        alpha=0.15,
        linewidth=0,
    )


def draw_dynamics(course: pd.DataFrame, path: Path) -> bool:
    """Draws how a model differs from n-grams in the first epochs of its training.

    Args:
        course: A row for each look at the model and each n-gram: `epoch`, `context`,
            the number of characters that the n-gram sees, `divergence` in nats per
            character, and `nll` and `ngram_nll`.
        path: The PNG file.

    Returns:
        Whether there was anything to draw.

    Reference:
        Karpathy, Johnson and Li 2015 (arXiv:1506.02078), figure 5.
    """
    if course.empty:
        return False
    figure = Figure(figsize=(9, 4), layout="constrained")
    divergences, losses = figure.subplots(1, 2)
    contexts = sorted(course["context"].unique())
    for context, (colour, line, _) in zip(contexts, LINES, strict=False):
        rows = course[course["context"] == context].sort_values("epoch")
        label = f"{context:g} character" + ("s" if context > 1 else "")
        divergences.plot(rows["epoch"], rows["divergence"], color=colour, ls=line)
        losses.plot(
            rows["epoch"],
            rows["nll"] - rows["ngram_nll"],
            color=colour,
            ls=line,
            label=label,
        )
    losses.axhline(0, color="0.5", linewidth=0.8)
    divergences.set_ylabel("symmetric divergence, nats per character")
    losses.set_ylabel("NLL minus that of the n-gram, nats per character")
    divergences.set_ylim(0, np.nanquantile(course["divergence"], 0.98) * 1.1)
    for axis in (divergences, losses):
        axis.set_xlabel("epoch")
        axis.grid(alpha=0.3)
        axis.spines[["top", "right"]].set_visible(False)
    losses.legend(title="n-gram that sees", fontsize=9)
    save(figure, path)
    return True
