"""The scores of rows: which rate is chosen, and what it reaches."""

import math

import pandas as pd

from reproduce.record import Record
from reproduce.studies.jozefowicz2015.names import (
    ALL_SYMBOLS,
    KNOWN,
    is_scored_by_known,
)
from reproduce.studies.jozefowicz2015.paper import accuracy
from reproduce.study import Results

CELL = ["dataset", "unit"]


def validation_score(record: Record) -> float:
    """The accuracy by which a trial is chosen; 0 if it diverged: a guess would be."""
    by_known = is_scored_by_known(record.trial.dataset)
    score = record.score(KNOWN if by_known else ALL_SYMBOLS, "valid")
    return 0.0 if math.isnan(score) else score


def of_table(results: Results) -> pd.DataFrame:
    """The trials of the table and the dial, with the `score` that counts of each split.

    Those that diverged score 0: a guess would.
    """
    frame = results.frame
    if "graph" not in frame:
        return frame.iloc[:0]
    frame = frame[frame["graph"] == ""].copy()
    by_known = frame["dataset"].map(is_scored_by_known)
    for split in ("valid", "test"):
        for name in (ALL_SYMBOLS, KNOWN):
            column = f"{split}_{name}_pooled"
            if column not in frame:
                frame[column] = float("nan")
        known = frame[f"{split}_{KNOWN}_pooled"]
        frame[split] = known.where(by_known, frame[f"{split}_{ALL_SYMBOLS}_pooled"])
        frame[split] = frame[split].fillna(0.0)
    return frame


def chosen(results: Results) -> pd.DataFrame:
    """The trials at the learning rate of each row that the most seeds were trained at.

    Of several, those at the rate whose mean on validation is best.
    """
    frame = of_table(results)
    if frame.empty:
        return frame
    by_rate = frame.groupby([*CELL, "learning_rate"], sort=False)["valid"]
    ranks = by_rate.agg(["size", "mean"]).sort_values(["size", "mean"])
    wanted = set(ranks.groupby(CELL, sort=False).tail(1).index)
    keys = zip(frame["dataset"], frame["unit"], frame["learning_rate"], strict=True)
    return frame[[key in wanted for key in keys]]


def accuracies(results: Results) -> pd.DataFrame:
    """A line for each row and task: means beside means, the best beside the best.

    `best` is what the paper's number is, the best on validation among all trials of a
    row; `mean` is over seeds, on the test split, at the rate that validation chooses.
    """
    frame = of_table(results)
    if frame.empty:
        return pd.DataFrame()
    by_row = frame.groupby(CELL, sort=False)
    at_rate = chosen(results).groupby(CELL, sort=False)
    table = pd.DataFrame(
        {
            "units": by_row["units"].first(),
            "parameters": by_row["total_parameters"].first(),
            "trials": by_row.size(),
            "best": by_row["valid"].max(),
            "paper": [accuracy(*map(str, cell)) for cell in by_row.groups],
            "learning_rate": at_rate["learning_rate"].first(),
            "seeds": at_rate.size(),
            "mean": at_rate["test"].mean(),
            "std": at_rate["test"].std(),
            "all_symbols": at_rate[f"test_{ALL_SYMBOLS}_pooled"].mean(),
            "known": at_rate[f"test_{KNOWN}_pooled"].mean(),
        }
    )
    ceiling = "test_all_ceiling_pooled"
    table["ceiling_all"] = (
        at_rate[ceiling].first() if ceiling in frame else float("nan")
    )
    return table.reset_index()
