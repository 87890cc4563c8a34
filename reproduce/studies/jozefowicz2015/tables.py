"""The tables of scores: means beside means, the best beside the best.

`best` is what the paper's number is, the best on validation among all trials of a row;
`mean` is over seeds, on the test split, at the rate that validation chooses.
"""

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd

from reproduce.studies.jozefowicz2015 import paper
from reproduce.studies.jozefowicz2015.measures import measure_of
from reproduce.studies.jozefowicz2015.names import ALL_SYMBOLS, KNOWN, MUSIC
from reproduce.studies.jozefowicz2015.scores import CELL, at_chosen_rate, of_table
from reproduce.study import Results

CEILING = "test_all_ceiling_pooled"


def accuracies(results: Results) -> pd.DataFrame:
    """A line for each row and task of streams, by accuracy."""
    return pd.DataFrame(
        {
            "dataset": dataset,
            "unit": unit,
            **_scores(trials, at_rate),
            "all_symbols": _mean(at_rate, f"test_{ALL_SYMBOLS}_pooled"),
            "known": _mean(at_rate, f"test_{KNOWN}_pooled"),
            "ceiling_all": at_rate[CEILING].iloc[0] if CEILING in at_rate else math.nan,
        }
        for (dataset, unit, _), trials, at_rate in _rows(results)
        if dataset not in MUSIC
    )


def likelihoods(results: Results) -> pd.DataFrame:
    """A line for each row, dropout and set of music, by NLL: less is better."""
    return pd.DataFrame(
        {
            "dataset": dataset,
            "unit": unit,
            "dropout": dropout,
            **_scores(trials, at_rate),
        }
        for (dataset, unit, dropout), trials, at_rate in _rows(results)
        if dataset in MUSIC
    )


Cell = tuple[str, str, float]


def _rows(results: Results) -> Iterator[tuple[Cell, pd.DataFrame, pd.DataFrame]]:
    """Each row with all of its trials and those at its rate."""
    frame = of_table(results)
    if not frame.empty:
        for (dataset, unit, dropout), trials in frame.groupby(CELL, sort=False):
            yield (
                (str(dataset), str(unit), float(dropout)),
                trials,
                at_chosen_rate(trials),
            )


def _scores(trials: pd.DataFrame, at_rate: pd.DataFrame) -> dict[str, Any]:
    dataset, unit, dropout = trials[CELL].iloc[0]
    return {
        "units": trials["units"].iloc[0],
        "parameters": trials["total_parameters"].iloc[0],
        "trials": len(trials),
        "best": measure_of(dataset).best(trials["valid"]),
        "paper": paper.score(dataset, unit, dropout),
        "learning_rate": at_rate["learning_rate"].iloc[0],
        "seeds": len(at_rate),
        "mean": at_rate["test"].mean(),
        "std": at_rate["test"].std(),
    }


def _mean(trials: pd.DataFrame, column: str) -> float:
    return float(trials[column].mean()) if column in trials else math.nan
