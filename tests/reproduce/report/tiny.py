"""A study of two sizes on two data sets, as small as one can be."""

import io
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
from matplotlib.figure import Figure
from rich.console import Console

from reproduce import trial
from reproduce.paired import compare
from reproduce.record import Record
from reproduce.report import FRAME, write_report
from reproduce.report.pictures import save
from reproduce.study import DataSet, Picture, Results, Study

FINGERPRINT = "0123456789abcdef"


@dataclass(frozen=True, kw_only=True)
class Trial(trial.Trial):
    """Trained with one size."""

    size: int

    study: ClassVar[str] = "tiny"
    cell: ClassVar[tuple[str, ...]] = ("dataset", "size")


def record(size=1, seed=0, test=2.0, dataset="tunes", data="canonical", **changes):
    """The record of a trial whose three scores are near each other."""
    splits = {"train": test - 0.5, "valid": test - 0.25, "test": test}
    return Record(
        trial=Trial(
            dataset=dataset,
            data=data,
            data_fingerprint=FINGERPRINT,
            candidate=0,
            seed=seed,
            backend="jax",
            max_epochs=2,
            patience=2,
            size=size,
        ),
        data_source="made up",
        versions={"keras": "3"},
        parameters={"recurrent": 10 * size, "total": 20 * size},
        history={"seconds": [900.0, 900.0], "valid_nll": [9.0, test]},
        best_epoch=2,
        scores={"nll": {name: {"pooled": score} for name, score in splits.items()}},
        seconds=1800.0,
        **changes,
    )


def scores(results):
    """The mean test NLL of each data set and size."""
    groups = results.frame.groupby(["dataset", "size"], as_index=False)
    return groups.agg(seeds=("seed", "count"), test_nll=("test_nll_pooled", "mean"))


def claims(results):
    """That the larger size does better."""
    by_seed = results.frame.pivot_table("test_nll_pooled", ["dataset", "seed"], "size")
    found = compare((by_seed[2] - by_seed[1]).tolist())
    row = {"claim": "larger is better", "mean": found.mean, "p_value": found.p_value}
    return pd.DataFrame([row])


def picture(results, folder):
    """Draws the curves of all trials."""
    figure = Figure(figsize=(2, 2))
    axis = figure.subplots()
    for record in results.records:
        axis.plot(record.history["valid_nll"])
    save(figure, folder / "curves.png")
    yield Picture("curves.png", "Two curves that fall.", "All trials.")


def study(template=FRAME, **changes):
    """The study, which is only reported on."""
    settings = {
        "name": "tiny",
        "title": "Two sizes",
        "options": None,
        "trial": Trial,
        "datasets": {
            "tunes": DataSet("Tunes"),
            "noise": DataSet("Noise", stands_for="the paper's voices"),
        },
        "load": None,
        "plan": None,
        "training": None,
        "labels": {"dataset": {"tunes": "Tunes", "noise": "Noise"}},
        "tables": {"scores.csv": scores},
        "claims": claims,
        "figures": [picture],
        "template": template,
        "page": lambda results: {},
    }
    return Study(**settings | changes)


def report(study, records, out, **results):
    """Writes the report and returns what it prints."""
    console = Console(file=io.StringIO(), width=100)
    write_report(study, Results(records, **results), out, console)
    return console.file.getvalue()
