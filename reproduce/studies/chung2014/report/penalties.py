"""What penalties on the weights do: scores and sizes of weights, rate by rate."""

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from reproduce.report.markdown import decimals, markdown_table, short
from reproduce.report.pictures import save
from reproduce.studies.chung2014.report.names import (
    DATASETS,
    NAMES,
    in_order,
    marked_title,
    title,
    unit_name,
)
from reproduce.studies.chung2014.trial import PENALTIES_COMPARED, SIZE
from reproduce.study import Picture, Results

L2, DECAY = "recipe.l2", "recipe.weight_decay"
NLLS = {split: f"{split}_nll_pooled" for split in ("train", "valid", "test")}
WEIGHTS = (
    *("recurrent_kernel", "kernel"),
    *("kernel_of_rare_inputs", "kernel_of_common_inputs"),
)
SIZES = {f"{name}_size": f"train_{SIZE}_{name}" for name in WEIGHTS}
COLOURS = {"none": "#666666", "L2": "#0072B2", "decoupled": "#D55E00"}
WAY = ["dataset", "unit", L2, DECAY]
COLUMNS = ["dataset", "data", "unit", "units", "penalty", "strength", "learning_rate"]


def penalty_table(results: Results) -> pd.DataFrame:
    """One row for each set, unit, penalty and rate, means over seeds.

    `best` marks the strength and the rate of each kind of penalty that validation
    chooses. Of trials that diverged nothing is counted.
    """
    frame = results.frame
    frame = frame[frame["protocol"] == PENALTIES_COMPARED]
    measured = {**NLLS, "best_epoch": "best_epoch", **SIZES}
    columns = [*COLUMNS, "seeds", *measured, "best"]
    if frame.empty:
        return pd.DataFrame(columns=columns)
    frame = frame.reindex(columns=[*dict.fromkeys([*frame, *SIZES.values()])])
    groups = frame.groupby([*WAY, "learning_rate"], sort=False)
    table = groups.agg(
        data=("data", "first"),
        units=("units", "first"),
        seeds=(NLLS["test"], "count"),
        **{name: (column, "mean") for name, column in measured.items()},
    ).reset_index()
    table["penalty"] = list(map(kind_of, table[L2], table[DECAY]))
    table["strength"] = table[L2] + table[DECAY]
    kinds = table.groupby(["dataset", "unit", "penalty"], sort=False)
    lowest = kinds["valid"].transform("min")
    table["best"] = table["valid"] == lowest
    table = table.sort_values([DECAY, L2, "learning_rate"])
    table = in_order(table, ["dataset", "unit"])
    return table[columns].reset_index(drop=True)


def penalty_rows(table: pd.DataFrame) -> str:
    """The best of each kind of penalty, in Markdown; nothing if none was compared."""
    if table.empty:
        return ""
    headers = (
        "data set",
        "unit",
        "penalty",
        "rate",
        "train",
        "valid",
        "test",
        "best epoch",
        "size of recurrent weights",
        "of input weights",
        "of rare inputs",
        "of common inputs",
    )
    rows = [
        (
            marked_title(row.dataset, row.data),
            unit_name(row.unit, row.units),
            penalty_name(row.penalty, row.strength),
            short(row.learning_rate),
            *(decimals(getattr(row, name), 3) for name in NLLS),
            f"{row.best_epoch:.0f}",
            *(decimals(getattr(row, name), 3) for name in SIZES),
        )
        for row in table[table["best"]].itertuples()
    ]
    return markdown_table(headers, rows)


def penalty_figure(results: Results, folder: Path) -> list[Picture]:
    """Draws scores against rates, a line for each penalty."""
    table = penalty_table(results)
    if table.empty:
        return []
    path = folder / "penalties.png"
    save(_draw(table), path)
    return [
        Picture(
            path.name,
            "Negative log-likelihood against the learning rate, on validation and on "
            "training data, a line for each penalty, a panel for each data set and "
            "unit.",
            "Penalties on the weights: validation (solid) and training (dotted) NLL at "
            "the best epoch, against the learning rate. The stronger one of a "
            "kind, the thicker its line.",
        )
    ]


def _draw(table: pd.DataFrame) -> Figure:
    datasets = [name for name in DATASETS if name in set(table["dataset"])]
    units = [unit for unit in NAMES if unit in set(table["unit"])]
    figure = Figure(
        figsize=(max(4.5, 3 * len(units)), 0.8 + 2.6 * len(datasets)),
        layout="constrained",
    )
    grid = figure.subplots(len(datasets), len(units), sharey="row", squeeze=False)
    lines = {}
    for dataset, axes in zip(datasets, grid, strict=True):
        for unit, axis in zip(units, axes, strict=True):
            panel = table[(table["dataset"] == dataset) & (table["unit"] == unit)]
            for (penalty, strength), of in panel.groupby(["penalty", "strength"]):
                weaker = (panel["penalty"] == penalty) & (panel["strength"] < strength)
                style = {
                    "color": COLOURS[str(penalty)],
                    "linewidth": 0.7 * (1 + panel.loc[weaker, "strength"].nunique()),
                    "marker": "o",
                    "markersize": 3,
                }
                of = of.sort_values("learning_rate")
                (line,) = axis.plot(of["learning_rate"], of["valid"], **style)
                axis.plot(of["learning_rate"], of["train"], linestyle=":", **style)
                lines[penalty_name(str(penalty), float(strength))] = line
            axis.set_title(f"{title(dataset)}, {NAMES[unit]}", fontsize=9)
            axis.set_xscale("log")
            axis.set_xticks(sorted(set(panel["learning_rate"])))
            axis.xaxis.set_major_formatter(lambda rate, _: short(rate))
            axis.xaxis.set_minor_formatter(NullFormatter())
            axis.grid(alpha=0.3)
        axes[0].set_ylabel("NLL, nats per step")
    for axis in grid[-1]:
        axis.set_xlabel("learning rate")
    figure.legend(
        handles=list(lines.values()),
        labels=list(lines),
        loc="outside upper center",
        ncols=len(lines),
        fontsize=8,
    )
    return figure


def kind_of(l2: float, decay: float) -> str:
    """Which kind of penalty a recipe has, of which it has one at most."""
    if l2:
        return "L2"
    return "decoupled" if decay else "none"


def penalty_name(penalty: str, strength: float) -> str:
    """A kind with its strength, such as `L2 1.0e-4`."""
    return f"{penalty} {short(strength)}" if strength else penalty
