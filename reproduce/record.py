"""What is known of a trial that has ended."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from reproduce.trial import Trial

VERSION = 2
"""Of the form in which records are stored. The first one had no number."""

Scores = Mapping[str, Mapping[str, float]]
"""A measure by split and average, such as `scores["test"]["pooled"]`."""

WITHOUT_NUMBER = ("nll", "nll_with_noise")
"""The measures of the first form, where each was an entry of the record."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """The outcome of a trial.

    Args:
        trial: What was trained.
        data_source: Where the data came from.
        versions: What it ran on.
        parameters: Number of weights by part, `"recurrent"` and `"total"`.
        history: What was measured in each epoch, by name.
        best_epoch: The epoch with the best validation score, from 1; 0 without one.
        scores: By name what was measured after that epoch.
        seconds: Of training and validation.
    """

    trial: Trial
    data_source: str
    versions: Mapping[str, str]
    parameters: Mapping[str, int]
    history: Mapping[str, Sequence[float]]
    best_epoch: int
    scores: Mapping[str, Scores]
    seconds: float

    @property
    def name(self) -> str:
        """The name of the trial."""
        return self.trial.name

    @property
    def epochs(self) -> int:
        """Number of finished epochs."""
        return len(self.history["seconds"])

    def score(self, measure: str, split: str, average: str = "pooled") -> float:
        """One of the scores; NaN if it was not taken."""
        return self.scores.get(measure, {}).get(split, {}).get(average, math.nan)

    def stored(self) -> dict[str, Any]:
        """The record as JSON can hold it."""
        return _without_nan(
            {
                "version": VERSION,
                "name": self.name,
                "config": self.trial.config,
                "data_source": self.data_source,
                "versions": self.versions,
                "parameters": self.parameters,
                "history": self.history,
                "best_epoch": self.best_epoch,
                "scores": self.scores,
                "seconds": self.seconds,
            }
        )

    @classmethod
    def read(cls, stored: Mapping[str, Any], trial: type[Trial]) -> Self:
        """The record that was stored.

        Args:
            stored: What `stored` gave, in this version or an older one.
            trial: The trials of the study.

        Raises:
            ValueError: If a newer version made it, or it lacks something.
        """
        version = stored.get("version", 1)
        if not isinstance(version, int) or version > VERSION:
            raise ValueError(
                f"The record of {stored.get('name')} has the form {version}; this "
                f"program knows those up to {VERSION}. Use the newer one that made it, "
                "or name another output folder with --out."
            )
        stored = _with_nan(stored)
        try:
            scores = stored["scores"] if version > 1 else _scores_of_first_form(stored)
            return cls(
                trial=trial.from_config(stored["config"]),
                data_source=stored["data_source"],
                versions=stored["versions"],
                parameters=stored["parameters"],
                history={name: list(of) for name, of in stored["history"].items()},
                best_epoch=stored["best_epoch"],
                scores=scores,
                seconds=stored["seconds"],
            )
        except KeyError as error:
            raise ValueError(
                f"The record of {stored.get('name')} has no {error}. Another program "
                "made it: name another output folder with --out."
            ) from error
        except (AttributeError, TypeError) as error:
            raise ValueError(
                f"The record of {stored.get('name')} is none of this program: {error}. "
                "Name another output folder with --out."
            ) from error


def frame_of(records: Iterable[Record]) -> pd.DataFrame:
    """One row for each trial: its settings, scores, size, duration and versions.

    A measure is in columns such as `test_nll_pooled`; settings that hold others are
    spread, as `recipe.optimizer`.
    """
    return pd.DataFrame([_row(record) for record in records])


def _row(record: Record) -> dict[str, Any]:
    row: dict[str, Any] = {"name": record.name}
    for key, value in record.trial.config.items():
        if isinstance(value, dict):
            row |= {f"{key}.{inner}": item for inner, item in value.items()}
        else:
            row[key] = value
    for measure, scores in record.scores.items():
        for split, averages in scores.items():
            for average, value in averages.items():
                row[f"{split}_{measure}_{average}"] = value
    return row | {
        **{f"{part}_parameters": n for part, n in record.parameters.items()},
        "best_epoch": record.best_epoch,
        "epochs": record.epochs,
        "seconds": record.seconds,
        **{f"versions.{name}": what for name, what in record.versions.items()},
    }


def _scores_of_first_form(stored: Mapping[str, Any]) -> dict[str, Scores]:
    return {name: stored[name] for name in WITHOUT_NUMBER if _is_taken(stored[name])}


def _is_taken(scores: Any) -> bool:
    """Whether a measure was taken at all."""
    return isinstance(scores, Mapping)


def _without_nan(value: Any) -> Any:
    """JSON knows no NaN, no infinity and no NumPy: the first two become null."""
    match value:
        case np.generic():
            return _without_nan(value.item())
        case Mapping():
            return {key: _without_nan(item) for key, item in value.items()}
        case list() | tuple():
            return [_without_nan(item) for item in value]
        case float() if not math.isfinite(value):
            return None
    return value


def _with_nan(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Null is NaN again, where a number belongs."""
    parts = ("history", "scores", *WITHOUT_NUMBER)
    return {k: _numbers(v) if k in parts else v for k, v in stored.items()}


def _numbers(value: Any) -> Any:
    match value:
        case Mapping():
            return {key: _numbers(item) for key, item in value.items()}
        case list():
            return [_numbers(item) for item in value]
        case None:
            return math.nan
    return value
