"""Search spaces: where settings are drawn from, and how."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

import numpy as np
import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.trial import TrialState, create_trial

Space = Mapping[str, BaseDistribution]
Draw = dict[str, Any]
Sampler = Literal["random", "tpe"]
SAMPLERS: tuple[str, ...] = get_args(Sampler)

DIGITS = 6
"""Significant digits of a drawn number: exp and log differ in the last one from one
machine to another."""


def draw(space: Space, seed: int, count: int) -> list[Draw]:
    """Draws settings independently of each other.

    A longer draw begins with the shorter ones of its seed.

    Args:
        space: Optuna's distributions by the names of the settings.
        seed: Seed of the draw.
        count: How many are wanted.

    Raises:
        ValueError: If the space is empty.

    Examples:
        >>> from optuna.distributions import FloatDistribution
        >>> from reproduce.spaces import draw
        >>> draw({"learning_rate": FloatDistribution(1e-6, 1e-2, log=True)}, 0, 2)
        [{'learning_rate': 0.000353059}, {'learning_rate': 1.1999e-05}]
    """
    _check(space)
    shares = np.random.default_rng(seed).uniform(size=(count, len(space)))
    return [
        {
            name: _value(distribution, float(share))
            for (name, distribution), share in zip(space.items(), row, strict=True)
        }
        for row in shares
    ]


def draw_next(
    space: Space,
    sampler: Sampler,
    seed: int,
    known: Sequence[tuple[Draw, float]],
    count: int,
) -> list[Draw]:
    """Draws the settings of the next round, from what the rounds before came to.

    What is drawn depends on the arguments alone, so that every machine that has the
    same results draws the same.

    Args:
        space: Optuna's distributions by the names of the settings.
        sampler: `"random"`, or `"tpe"` for Optuna's tree of Parzen estimators.
        seed: Seed of the draw.
        known: Settings tried so far in the order of their numbers, and their scores,
            of which less is better. NaN stands for one that diverged.
        count: How many are wanted.

    Raises:
        ValueError: If the space is empty.
    """
    _check(space)
    if sampler not in SAMPLERS:
        raise ValueError(f"There is no sampler {sampler!r}. There are: {SAMPLERS}.")
    if sampler == "random":
        return draw(space, seed, len(known) + count)[len(known) :]
    study = optuna.create_study(
        sampler=optuna.samplers.TPESampler(
            seed=_seed_of_round(seed, len(known)),
            multivariate=True,
            constant_liar=True,
            n_startup_trials=1,
        )
    )
    for settings, score in known:
        study.add_trial(
            create_trial(
                state=TrialState.COMPLETE,
                params=settings,
                distributions=dict(space),
                value=math.inf if math.isnan(score) else score,
            )
        )
    asked = [study.ask(dict(space)) for _ in range(count)]
    return [_rounded(trial.params, space) for trial in asked]


def _check(space: Space) -> None:
    if not space:
        raise ValueError("The search space is empty: name a setting and where it lies.")


def _seed_of_round(seed: int, known: int) -> int:
    return int(np.random.SeedSequence([seed, known]).generate_state(1)[0])


def _value(distribution: BaseDistribution, share: float) -> Any:
    """The value that lies at a share between 0 and 1 of a distribution."""
    match distribution:
        case CategoricalDistribution():
            return distribution.choices[int(share * len(distribution.choices))]
        case IntDistribution(log=True):
            return round(_between(distribution, share))
        case IntDistribution():
            steps = (distribution.high - distribution.low) // distribution.step + 1
            return distribution.low + distribution.step * int(share * steps)
        case FloatDistribution(step=float(step)):
            steps = round((distribution.high - distribution.low) / step) + 1
            return _round(distribution.low + step * int(share * steps), distribution)
        case FloatDistribution():
            return _round(_between(distribution, share), distribution)
    raise ValueError(f"Nothing can be drawn from {distribution}.")


def _between(distribution: FloatDistribution | IntDistribution, share: float) -> float:
    low, high = distribution.low, distribution.high
    if distribution.log:
        low, high = math.log(low), math.log(high)
    value = low + share * (high - low)
    return math.exp(value) if distribution.log else value


def _rounded(settings: Draw, space: Space) -> Draw:
    return {
        name: _round(settings[name], distribution)
        if isinstance(distribution, FloatDistribution)
        else settings[name]
        for name, distribution in space.items()
    }


def _round(value: float, distribution: FloatDistribution) -> float:
    short = float(f"{value:.{DIGITS}g}")
    return min(max(short, distribution.low), distribution.high)
