"""Tables and pictures of a sweep, made from its records."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from keras_gated.files import replacing
from reproduce.ledger import Record
from reproduce.studies.chung2014 import PAPER_NLL, TITLES

COLOURS = {"lstm": "#0072B2", "gru": "#D55E00", "tanh": "#009E73"}
"""One colour for each unit, told apart by colour-blind readers too."""

NAMES = {"lstm": "LSTM", "gru": "GRU", "tanh": "tanh"}


def write_report(records: Iterable[Record], out: Path, console: Console) -> None:
    """Prints the table and writes `trials.csv`, `table2.csv` and the learning curves.

    Args:
        records: The records of all finished trials.
        out: The output folder.
        console: Where to print.
    """
    records = list(records)
    chosen = choose(records)
    table = result_table(chosen)
    files = [out / "trials.csv", out / "table2.csv"]
    for file, content in zip(files, (trial_table(records), table), strict=True):
        with replacing(file) as stream:
            content.to_csv(stream, index=False)
    for dataset, rows in table.groupby("dataset", sort=False):
        print_table(str(dataset), rows, console)
        of_dataset = [r for r in chosen if r["config"]["dataset"] == dataset]
        picture = out / f"learning_curves_{dataset}.png"
        draw_learning_curves(of_dataset, picture)
        files.append(picture)
    console.print("Written: " + ", ".join(str(file) for file in files))


def choose(records: Iterable[Record]) -> list[Record]:
    """The trial with the best validation NLL of each data set and unit."""
    best: dict[tuple[str, str], Record] = {}
    for record in records:
        config = record["config"]
        key = (config["dataset"], config["unit"])
        if key not in best or _valid_nll(record) < _valid_nll(best[key]):
            best[key] = record
    return list(best.values())


def _valid_nll(record: Record) -> float:
    score = record["nll"]["valid"]["pooled"]
    return float("inf") if score is None else score


def trial_table(records: Iterable[Record]) -> pd.DataFrame:
    """One row for each trial."""
    rows: list[dict[str, Any]] = []
    for record in records:
        row = dict(record["config"])
        for split, scores in record["nll"].items():
            for average, value in scores.items():
                row[f"{split}_nll_{average}"] = np.nan if value is None else value
        row["recurrent_parameters"] = record["parameters"]["recurrent"]
        row["total_parameters"] = record["parameters"]["total"]
        row["best_epoch"] = record["best_epoch"]
        row["epochs"] = len(record["history"]["seconds"])
        row["seconds"] = record["seconds"]
        rows.append(row)
    return pd.DataFrame(rows)


def result_table(chosen: Iterable[Record]) -> pd.DataFrame:
    """The chosen trials with the paper's numbers beside them."""
    table = trial_table(chosen)
    paper = [
        PAPER_NLL[dataset][unit]
        for dataset, unit in zip(table["dataset"], table["unit"], strict=True)
    ]
    return table.assign(
        paper_train=[train for train, _ in paper],
        paper_test=[test for _, test in paper],
    )


def print_table(dataset: str, rows: pd.DataFrame, console: Console) -> None:
    """Prints our numbers beside the paper's for one data set."""
    title = f"{TITLES[dataset]}: negative log-likelihood, nats per time step"
    for stand_in in sorted(set(rows["data"]) - {"canonical"}):
        title += (
            f"\n[bold red]NOT comparable with the paper: the data are {stand_in}"
            "[/bold red]"
        )
    table = Table(
        title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )
    table.add_column("unit")
    for header in (
        "para-\nmeters",
        "rate",
        "train",
        "valid",
        "test",
        "test by\npiece",
        "paper\ntrain",
        "paper\ntest",
        "sec-\nonds",
    ):
        table.add_column(header, justify="right")
    for row in rows.itertuples():
        table.add_row(
            f"{NAMES[row.unit]} {row.units}",
            f"{row.recurrent_parameters:,}",
            short(row.learning_rate),
            f"{row.train_nll_pooled:.3f}",
            f"{row.valid_nll_pooled:.3f}",
            f"[bold]{row.test_nll_pooled:.3f}[/bold]",
            f"{row.test_nll_per_sequence:.3f}",
            f"{row.paper_train:.2f}",
            f"{row.paper_test:.2f}",
            f"{row.seconds:.0f}",
        )
    table.caption = (
        "Parameters of the recurrent layer, as in table 1. Rate and epoch chosen by "
        "validation, noise off. Means over steps; by piece: mean of means."
    )
    console.print(table)


def short(rate: float) -> str:
    """A learning rate in few characters, such as 1.7e-3."""
    return f"{rate:.1e}".replace("e-0", "e-")


def draw_learning_curves(records: Sequence[Record], path: Path) -> None:
    """Draws train and validation NLL against epochs and against wall-clock.

    Reference:
        Chung et al. 2014 (arXiv:1412.3555), figure 2.
    """
    figure = Figure(figsize=(9, 3.8), layout="constrained")
    by_epoch, by_time = figure.subplots(1, 2, sharey=True)
    for record in records:
        history, unit = record["history"], record["config"]["unit"]
        axes = {
            by_epoch: np.arange(1, len(history["seconds"]) + 1),
            by_time: np.cumsum(history["seconds"]),
        }
        for axis, x in axes.items():
            style = {"color": COLOURS[unit], "linewidth": 1.4}
            axis.plot(
                x, _floats(history["train_nll_with_noise"]), linestyle=":", **style
            )
            axis.plot(x, _floats(history["valid_nll"]), label=NAMES[unit], **style)
        dataset = record["config"]["dataset"]
    by_epoch.set(xlabel="epochs", ylabel="NLL, nats per time step", yscale="log")
    by_epoch.set_ylim(top=_top(records))
    by_time.set(xlabel="wall-clock seconds, one core")
    by_epoch.yaxis.set_major_formatter("{x:.0f}")
    by_epoch.yaxis.set_minor_formatter("{x:.0f}")
    for axis in (by_epoch, by_time):
        axis.grid(alpha=0.3, which="both")
    by_epoch.legend(title="— valid   ··· train, with noise")
    figure.suptitle(TITLES[dataset])
    with replacing(path) as file:
        figure.savefig(file, format="png", dpi=150)


def _top(records: Sequence[Record]) -> float | None:
    """A limit that leaves out the steep first epochs, which would flatten the rest."""
    after = [_floats(record["history"]["valid_nll"])[2:] for record in records]
    values = np.concatenate([*after, [np.nan]])
    return 1.05 * float(np.nanmax(values)) if np.isfinite(values).any() else None


def _floats(values: list[float | None]) -> np.ndarray:
    return np.array(values, dtype=float)
