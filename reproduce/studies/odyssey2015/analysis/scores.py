"""What a score means on each set, and trials ready to be compared."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproduce.studies.odyssey2015.names import VANILLA, VARIANTS

PAIR = ["candidate", "seed"]
"""What two trials of different variants share that are a pair."""

FACTORS_COLUMNS = ["units", "learning_rate", "one_minus_momentum", "input_noise"]
COLUMNS = [
    "dataset",
    "variant",
    *PAIR,
    *FACTORS_COLUMNS,
    "valid",
    "test",
    "recurrent_parameters",
    "total_parameters",
]


@dataclass(frozen=True)
class Score:
    """The scale of the scores of one data set; less is better.

    Args:
        cap: What a model reaches that knows nothing but how often each outcome is.
            Trials that diverged, or end above it, count as this.
        margin: The largest difference that is of no importance.
        label: Name and unit of the score.
    """

    cap: float
    margin: float
    label: str

    def __post_init__(self) -> None:
        if not math.isfinite(self.cap):
            raise ValueError(f"The cap of a score is {self.cap}. Give a finite number.")
        if not 0 < self.margin < math.inf:
            raise ValueError(
                f"The margin of a score is {self.margin}. Give a positive number."
            )


SCORES = {
    "jsb_chorales": Score(11.09, 0.1, "test NLL, nats per step"),
    "flite_phones": Score(0.885, 0.01, "test error, share of frames"),
    "omniglot_words": Score(1.0, 0.01, "test error, edits for each letter"),
}
"""The caps: on JSB Chorales the entropy of the notes taken one by one; the error of
whoever always says the most frequent phone; that of whoever reads nothing."""


def ready(trials: pd.DataFrame, scores: Mapping[str, Score]) -> pd.DataFrame:
    """Checks trials and caps their scores.

    Args:
        trials: One row for each trial, with `COLUMNS` at least.
        scores: The scale of each data set.

    Returns:
        A copy with `valid` and `test` finite, in the order of set, variant, candidate
        and seed, so that no result hangs on the order of the rows.

    Raises:
        ValueError: If a column, the scale of a set or all rows are missing, a variant
            is unknown, or one trial is there twice.
    """
    missing = [name for name in COLUMNS if name not in trials]
    if missing:
        raise ValueError(
            f"The table of trials lacks the columns {missing}; it has {list(trials)}."
        )
    if trials.empty:
        raise ValueError("The table of trials has no row. Let one trial finish first.")
    unknown = sorted(set(trials["variant"]) - set(VARIANTS))
    if unknown:
        raise ValueError(f"Unknown variants {unknown}; known are {list(VARIANTS)}.")
    unscaled = sorted(set(trials["dataset"]) - set(scores))
    if unscaled:
        raise ValueError(
            f"No cap is known for the scores of {unscaled}. Give a Score for each."
        )
    key = ["dataset", "variant", *PAIR]
    twice = trials[trials.duplicated(key)]
    if len(twice):
        raise ValueError(
            f"{len(twice)} trials are there twice, the first of them "
            f"{twice[key].iloc[0].to_dict()}. Give each once."
        )
    caps = trials["dataset"].map({name: score.cap for name, score in scores.items()})
    order = {name: place for place, name in enumerate(VARIANTS)}
    return (
        trials.assign(
            **{name: _capped(trials[name], caps) for name in ("valid", "test")},
            _order=trials["variant"].map(order),
        )
        .sort_values(["dataset", "_order", *PAIR], ignore_index=True)
        .drop(columns="_order")
    )


def _capped(values: pd.Series, caps: pd.Series) -> np.ndarray:
    # A score of minus infinity is no success but an overflow.
    numbers = values.to_numpy(dtype=float)
    return np.where(np.isfinite(numbers), np.minimum(numbers, caps), caps)


def shared_draws(trials: pd.DataFrame) -> pd.DataFrame:
    """The trials of those draws that every variant of a set has.

    A search that has not ended has some with the first variants alone.
    """
    variants = trials.groupby(["dataset", *PAIR])["variant"].transform("size")
    most = variants.groupby(trials["dataset"]).transform("max")
    return trials[variants == most]


def need_vanilla(trials: pd.DataFrame) -> None:
    """Refuses sets on which there is nothing to compare the variants with.

    Raises:
        ValueError: If a data set has no trial of vanilla.
    """
    with_vanilla = trials.loc[trials["variant"] == VANILLA, "dataset"]
    without = sorted(set(trials["dataset"]) - set(with_vanilla))
    if without:
        raise ValueError(
            f"There is no trial of vanilla ({VANILLA!r}) on {without}, which the "
            "variants are compared with. Run it, or leave these sets out."
        )
