"""The tables of the report."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from reproduce.studies.tang2016.analysis.responses import units_per_phone
from reproduce.studies.tang2016.analysis.smoothness import LAGS
from reproduce.studies.tang2016.findings import (
    AUTOCORRELATION,
    RESPONSES,
    SHAPE,
    STEPS,
    noises,
)
from reproduce.studies.tang2016.left import Left, looked_into
from reproduce.studies.tang2016.trial import Trial
from reproduce.study import Results

MODEL = ["dataset", "direction", "shortcuts", "unit"]
ERRORS = ("frame_error", "phone_error")


def recognisers(results: Results) -> pd.DataFrame:
    """Errors on the test sentences, mean and spread over seeds."""
    frame = results.frame
    columns: dict[str, tuple[str, Any]] = {
        "units": ("units", "first"),
        "parameters": ("total_parameters", "first"),
        "seeds": ("seed", "count"),
        "epochs": ("epochs", "mean"),
    }
    for error in ERRORS:
        for split in ("train", "test"):
            column = f"{split}_{error}_pooled"
            if column in frame:
                columns[f"{split}_{error}"] = (column, "mean")
        if f"test_{error}_pooled" in frame:
            columns[f"test_{error}_std"] = (f"test_{error}_pooled", "std")
    return frame.groupby(MODEL, sort=False).agg(**columns).reset_index()


def activation_table(results: Results) -> pd.DataFrame:
    """How the activations of each layer are distributed."""
    return pd.DataFrame(
        {**row, "extreme_share": float(shape[0]), "kurtosis": float(shape[1])}
        for row, (shape,) in _layers(results, SHAPE)
    )


def response_table(results: Results) -> pd.DataFrame:
    """How many units respond to a phone, mean over phones."""
    return pd.DataFrame(
        {
            **row,
            **{
                f"units_at_{threshold}": float(
                    np.nanmean(units_per_phone(found, threshold))
                )
                for threshold in (0.8, 0.5)
            },
        }
        for row, (found,) in _layers(results, RESPONSES)
    )


def smoothness_table(results: Results) -> pd.DataFrame:
    """How smoothly the memory of each layer moves."""
    return pd.DataFrame(
        {
            **row,
            "step_length": float(steps[0]),
            **{
                f"autocorrelation_{10 * lag}_ms": float(value)
                for lag, value in zip(LAGS, alike, strict=True)
            },
        }
        for row, (steps, alike) in _layers(results, STEPS, AUTOCORRELATION)
    )


def half_life_table(results: Results) -> pd.DataFrame:
    """How long each layer keeps noise."""
    return pd.DataFrame(
        {
            **_names(trial),
            "layer": found.layer,
            "noise": found.kind,
            "level": found.level,
            "half_life": found.half_life,
        }
        for trial, left in looked_into(results)
        for found in noises(left)
    )


def _layers(
    results: Results, *groups: str
) -> Iterator[tuple[dict[str, Any], tuple[Any, ...]]]:
    """Each layer of each model, with what it left in these groups."""
    for trial, left in looked_into(results):
        for layer, arrays in enumerate(_zipped(left, groups), 1):
            yield {**_names(trial), "layer": layer}, arrays


def _zipped(left: Left, groups: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    yield from zip(*(left[group] for group in groups), strict=True)


def _names(trial: Trial) -> dict[str, Any]:
    return {
        "dataset": trial.dataset,
        "shortcuts": trial.shortcuts,
        "unit": trial.unit,
        "seed": trial.seed,
    }


def over_seeds(table: pd.DataFrame) -> pd.DataFrame:
    """The mean over seeds, and how many there are."""
    if table.empty:
        return table
    names = ["dataset", "shortcuts", "unit", "layer", "noise", "level"]
    keys = [name for name in names if name in table]
    grouped = table.groupby(keys, sort=False)
    means = grouped.mean(numeric_only=True).drop(columns="seed")
    means.insert(0, "seeds", grouped.size())
    return means.reset_index()


TABLES = {
    "recognisers.csv": recognisers,
    "activations.csv": lambda results: over_seeds(activation_table(results)),
    "responses.csv": lambda results: over_seeds(response_table(results)),
    "smoothness.csv": lambda results: over_seeds(smoothness_table(results)),
    "half_lives.csv": lambda results: over_seeds(half_life_table(results)),
}
