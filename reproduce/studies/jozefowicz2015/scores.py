"""The scores of trials, and which rate is chosen for a row."""

import math
from typing import Any

import pandas as pd

from reproduce.record import Record
from reproduce.report.order import in_order
from reproduce.studies.jozefowicz2015.data import HELD
from reproduce.studies.jozefowicz2015.measures import measure_of
from reproduce.studies.jozefowicz2015.names import LABELS
from reproduce.study import Results

CELL = ["dataset", "unit", "dropout"]
"""What tells rows apart, within which rates compete."""


def validation_score(record: Record) -> float:
    """The score by which a trial is chosen, in the measure of its task."""
    measure = measure_of(record.trial.dataset)
    return measure.counted(record.score(measure.name, "valid"))


def of_table(results: Results) -> pd.DataFrame:
    """The trials of the table and the dial, with the score that counts of each split.

    They are in the order of the paper's rows. Those that diverged have the score of who
    knows nothing.
    """
    frame = results.frame
    if "graph" not in frame:
        return frame.iloc[:0]
    frame = frame[frame["graph"] == ""].copy()
    trials = frame.to_dict("records")
    for split in HELD:
        frame[split] = [_counted(trial, split) for trial in trials]
    return in_order(LABELS, frame, CELL)


def _counted(trial: dict[Any, Any], split: str) -> float:
    measure = measure_of(trial["dataset"])
    return measure.counted(trial.get(f"{split}_{measure.name}_pooled", math.nan))


def chosen(results: Results) -> pd.DataFrame:
    """The trials at the learning rate of each row that the most seeds were trained at.

    Of several, those at the rate whose mean on validation is best.
    """
    frame = of_table(results)
    if frame.empty:
        return frame
    rows = frame.groupby(CELL, sort=False)
    return pd.concat([at_chosen_rate(trials) for _, trials in rows])


def at_chosen_rate(trials: pd.DataFrame) -> pd.DataFrame:
    """Likewise, of the trials of one row, or of rows that are to have one rate."""
    by_rate = trials.groupby("learning_rate", sort=False)["valid"]
    rates = by_rate.agg(["size", "mean"])
    means = rates["mean"][rates["size"] == rates["size"].max()]
    best = measure_of(trials["dataset"].iloc[0]).best(means)
    return trials[trials["learning_rate"] == means.index[means == best][0]]
