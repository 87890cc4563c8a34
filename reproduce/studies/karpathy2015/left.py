"""What the models of a report left, by text and model."""

from collections.abc import Mapping

import pandas as pd

from reproduce.studies.karpathy2015.findings import COURSE, TEXT
from reproduce.studies.karpathy2015.trial import Trial
from reproduce.studies.karpathy2015.watching import COLUMNS
from reproduce.study import Results
from reproduce.training.arrays import Arrays
from reproduce.training.left import load_left

Left = Mapping[str, Arrays]
Model = tuple[str, int, int]


def left_of(results: Results, dataset: str) -> dict[Model, Left]:
    """Of each model that was looked into what it left, with its first seed."""
    found: dict[Model, Left] = {}
    for trial in _trials(results, dataset):
        if trial.is_looked_into and trial.model not in found:
            left = load_left(trial, results.folder)
            if TEXT in left:
                found[trial.model] = left
    return found


def course_of(results: Results, dataset: str) -> pd.DataFrame:
    """The first epochs of the model that was watched; no row if none was."""
    for trial in _trials(results, dataset):
        left = load_left(trial, results.folder) if trial.is_watched else {}
        if COURSE in left:
            return pd.DataFrame(left[COURSE][0], columns=list(COLUMNS))
    return pd.DataFrame(columns=list(COLUMNS))


def _trials(results: Results, dataset: str) -> list[Trial]:
    trials = [record.trial for record in results.records]
    return sorted(
        (t for t in trials if isinstance(t, Trial) and t.dataset == dataset),
        key=lambda trial: trial.seed,
    )
