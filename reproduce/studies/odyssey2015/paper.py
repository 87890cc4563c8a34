"""The numbers of Greff et al. 2015 (arXiv:1503.04069, version 2).

The paper prints no table of its scores. Those on JSB Chorales are read off the vector
graphics of its figure 3, good to 0.003; the shares of variance are printed in its
figure 5.
"""

import math
from dataclasses import dataclass

from reproduce.studies.odyssey2015.names import DATASETS

TRIALS = 200
"""Trials of each variant on each set."""

BEST = 20
"""Trials of each variant, the best by validation, in figure 3."""


@dataclass(frozen=True)
class Box:
    """The test scores of the best tenth of one variant; NaN where off the scale.

    Args:
        mean: Mean, a mark in figure 3.
        median: Median.
        low: Lower quartile.
        high: Upper quartile.
        minimum: The end of the lower whisker or the lowest outlier.
        parameters: Mean number of parameters.
        differs: Whether Welch's test tells the mean from vanilla's, after
            Bonferroni's correction. On this set those that differ are worse.
    """

    mean: float
    median: float
    low: float
    high: float
    minimum: float
    parameters: float
    differs: bool = False


JSB_BOXES = {
    "V": Box(8.550, 8.555, 8.505, 8.599, 8.424, 0.69e5),
    "CIFG": Box(8.558, 8.566, 8.509, 8.630, 8.369, 0.49e5),
    "FGR": Box(8.621, 8.643, 8.558, 8.664, 8.483, 1.56e5, differs=True),
    "NP": Box(8.574, 8.568, 8.505, 8.660, 8.404, 0.68e5),
    "NOG": Box(8.571, 8.582, 8.548, 8.602, 8.447, 0.53e5),
    "NIAF": Box(8.520, 8.517, 8.502, 8.558, 8.393, 0.97e5),
    "NIG": Box(8.516, 8.497, 8.462, 8.586, 8.385, 0.75e5),
    "NFG": Box(8.597, 8.616, 8.526, 8.644, 8.473, 0.64e5, differs=True),
    "NOAF": Box(math.nan, math.nan, 8.766, math.nan, 8.548, 0.25e5, differs=True),
}
"""Test negative log-likelihood on JSB Chorales, nats per step."""

BOXES = {"jsb_chorales": JSB_BOXES}
"""Of the sets on which our scores may be set beside the paper's."""

ROLES = {
    name: dataset.stands_for or dataset.title for name, dataset in DATASETS.items()
}
"""The paper's set whose place each of ours takes."""

HIGHER_ORDER = "higher_order"
"""All the variance that no hyper-parameter explains alone."""

SHARES = {
    "TIMIT": {
        "learning_rate": 0.67,
        HIGHER_ORDER: 0.20,
        "units": 0.10,
        "input_noise": 0.01,
        "one_minus_momentum": 0.01,
    },
    "IAM-OnDB": {
        "learning_rate": 0.89,
        HIGHER_ORDER: 0.07,
        "one_minus_momentum": 0.01,
    },
    "JSB Chorales": {
        "learning_rate": 0.91,
        HIGHER_ORDER: 0.05,
        "input_noise": 0.02,
        "one_minus_momentum": 0.01,
    },
}
"""Shares of the variance of the test score, figure 5. That of the momentum is said to
be below the value here. A further 2 % on IAM-OnDB belong to units or noise."""


def share(dataset: str, factor: str) -> float:
    """The paper's share of variance; NaN if it gives none.

    Args:
        dataset: One of our sets, for that whose place it takes.
        factor: A hyper-parameter, or `HIGHER_ORDER`.
    """
    return SHARES.get(ROLES.get(dataset, ""), {}).get(factor, math.nan)


def percent(factor: str, share: float) -> str:
    """A share of the paper for readers; an empty text if it gives none."""
    if math.isnan(share):
        return ""
    below = "below " if factor == "one_minus_momentum" else ""
    return f"{below}{100 * share:.0f} %"


def box(dataset: str, variant: str) -> Box | None:
    """The paper's scores of a variant, where ours may be set beside them."""
    return BOXES.get(dataset, {}).get(variant)
