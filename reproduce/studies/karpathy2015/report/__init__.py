"""What the report of the study has beside that of any study."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure
from rich.box import SIMPLE_HEAD
from rich.table import Table

from keras_gated.analysis import plot_saturation
from reproduce.report.markdown import decimals
from reproduce.report.pictures import save
from reproduce.studies.karpathy2015 import paper
from reproduce.studies.karpathy2015.analysis.braces import brace_table
from reproduce.studies.karpathy2015.analysis.scaling import scaling_table
from reproduce.studies.karpathy2015.characters import probabilities
from reproduce.studies.karpathy2015.findings import (
    CHARACTERS,
    LONGEST,
    TEXT,
    error_tree_of,
    saturation_of,
)
from reproduce.studies.karpathy2015.left import Left, Model, course_of, left_of
from reproduce.studies.karpathy2015.names import (
    LARGE,
    SMALL,
    TITLES,
    UNITS,
    model_name,
    text_of,
)
from reproduce.studies.karpathy2015.report.course_figures import (
    draw_braces,
    draw_dynamics,
)
from reproduce.studies.karpathy2015.report.error_figures import (
    draw_error_trees,
    draw_scaling,
)
from reproduce.study import Picture, Results

LABELS = {"dataset": TITLES, "unit": UNITS}


def check(results: Results) -> None:
    """Refuses results that cannot be set side by side.

    Raises:
        ValueError: If they are of two protocols.
    """
    protocols = sorted(results.frame["protocol"].unique())
    if len(protocols) > 1:
        raise ValueError(
            f"The ledger has trials of the protocols {protocols}, which are not set "
            "side by side. Give each a folder of its own with --out."
        )


TEMPLATE = Path(__file__).parent / "templates" / "report.md.j2"

MODEL = ["dataset", "row", "layers", "unit"]


def networks(results: Results) -> pd.DataFrame:
    """Test NLL of each model, mean over seeds, with the paper's beside."""
    frame = results.frame
    table = (
        frame.groupby(MODEL, sort=False)
        .agg(
            units=("units", "first"),
            parameters=("total_parameters", "first"),
            seeds=("seed", "count"),
            epochs=("epochs", "mean"),
            valid=("valid_nll_pooled", "mean"),
            test=("test_nll_pooled", "mean"),
            test_std=("test_nll_pooled", "std"),
        )
        .reset_index()
    )
    table["paper"] = [
        paper.network(row.dataset, row.unit, row.layers, row.row)
        for row in table.itertuples()
    ]
    return table


def ngrams(results: Results) -> pd.DataFrame:
    """Test NLL of n-grams on both cuts of each text, with the paper's beside."""
    table = pd.DataFrame(results.baselines)
    if table.empty:
        return pd.DataFrame(columns=["dataset", "context", "rows", "tail", "paper"])
    both = table.pivot(index=["dataset", "context"], columns="split", values="nll")
    both = both.reset_index().rename_axis(columns=None)
    both["tail_minus_rows"] = both["tail"] - both["rows"]
    both["paper"] = [paper.ngram(row.dataset, row.context) for row in both.itertuples()]
    return both


def errors(results: Results) -> pd.DataFrame:
    """What each oracle removes, of the models that were looked into."""
    tables = [
        error_tree_of(left).table().assign(dataset=dataset, model=model_name(*model))
        for dataset, models in _looked_into(results)
        for model, left in models.items()
    ]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


TABLES = {"networks.csv": networks, "ngrams.csv": ngrams, "errors.csv": errors}


def draw(results: Results, out: Path) -> Iterator[Picture]:
    """Draws what was looked into, text by text."""
    for dataset, models in _looked_into(results):
        yield from _draw_errors(dataset, models, out)
        yield from _draw_braces(dataset, models, out)
        for model, left in models.items():
            yield _draw_gates(dataset, model, left, out)
        file = f"course_{dataset}.png"
        if draw_dynamics(course_of(results, dataset), out / file):
            yield Picture(
                file,
                "Divergence from n-grams against the epoch, a line for each n-gram.",
                f"{TITLES[dataset]}: the first epochs of {model_name(*SMALL)} beside "
                "n-grams.",
            )


FIGURES = (draw,)


def _looked_into(results: Results) -> Iterator[tuple[str, dict[Model, Left]]]:
    for dataset in dict.fromkeys(r.trial.dataset for r in results.records):
        yield dataset, left_of(results, dataset)


def _draw_errors(
    dataset: str, models: dict[Model, Left], out: Path
) -> Iterator[Picture]:
    trees = {model: error_tree_of(left) for model, left in models.items()}
    tables = {}
    for model, tree in trees.items():
        table = tree.table()
        table.attrs["characters"] = tree.causes.size
        tables[model_name(*model)] = table
    file = f"errors_{dataset}.png"
    if draw_error_trees(tables, out / file):
        yield Picture(
            file,
            "Bars of the errors of each model, cut by the oracle that removes them.",
            f"{TITLES[dataset]}: errors by the first oracle that removes them.",
        )
    if LARGE in trees and SMALL in trees:
        file = f"scaling_{dataset}.png"
        names = model_name(*SMALL), model_name(*LARGE)
        draw_scaling(scaling_table(trees[SMALL], trees[LARGE]), names, out / file)
        yield Picture(
            file,
            "Bars of the errors of two models by oracle, and of the difference.",
            f"{TITLES[dataset]}: which errors the larger model does not make.",
        )


def _draw_braces(
    dataset: str, models: dict[Model, Left], out: Path
) -> Iterator[Picture]:
    tables = {}
    for model, left in models.items():
        (text,), (found,), (longest,) = (left[n] for n in (TEXT, CHARACTERS, LONGEST))
        table = brace_table(text, probabilities(found), longest)
        tables[model_name(*model)] = table
    file = f"braces_{dataset}.png"
    if draw_braces(tables, out / file):
        yield Picture(
            file,
            "Probability of the closing brace against the distance of the opening one.",
            f"{TITLES[dataset]}: the closing brace by the distance of its partner.",
        )


def _draw_gates(dataset: str, model: Model, left: Left, out: Path) -> Picture:
    unit, layers, row = model
    file = f"gates_{dataset}_{unit}_{layers}_{row}.png"
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    plot_saturation(saturation_of(left), figure)
    save(figure, out / file)
    return Picture(
        file,
        "A panel for each gate with a point for each unit, by how often it is open and "
        "how often shut.",
        f"{TITLES[dataset]}: gates of {model_name(*model)}.",
    )


def summary(results: Results) -> Iterable[Table]:
    """Test NLL of networks beside the paper's and the best n-gram, text by text."""
    found = networks(results)
    row_of = ngrams(results)
    for dataset, rows in found.groupby("dataset", sort=False):
        name = str(dataset)
        split = "tail" if name.endswith("tail") else "rows"
        nats = row_of.loc[row_of["dataset"] == text_of(name), split]
        best = f"; best n-gram {nats.min():.3f}" if len(nats) else ""
        shown = Table(
            title=f"{TITLES[name]}: nats per character, test{best}",
            title_justify="left",
            box=SIMPLE_HEAD,
        )
        for header in ("row", "layers", "unit", "units", "parameters", "test", "paper"):
            shown.add_column(header, justify="right")
        for row in rows.itertuples():
            shown.add_row(
                str(row.row),
                str(row.layers),
                UNITS[row.unit],
                str(row.units),
                f"{row.parameters:,}",
                f"[bold]{decimals(row.test)}[/bold]",
                decimals(row.paper),
            )
        yield shown
