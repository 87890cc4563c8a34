"""Trials as rows of the data base."""

import math
import os
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from optuna.distributions import FloatDistribution
from optuna.trial import FrozenTrial, TrialState, create_trial

from reproduce.studies.plan import Trial

Record = dict[str, Any]

RATES = FloatDistribution(1e-8, 10.0, log=True)

MAX_RETRIES = 20
"""How often a trial is run again whose process died."""

RANK = {
    TrialState.FAIL: 0,
    TrialState.PRUNED: 0,
    TrialState.WAITING: 1,
    TrialState.RUNNING: 2,
    TrialState.COMPLETE: 3,
}
"""Which of several rows tells how far a trial is."""


@dataclass(frozen=True)
class State:
    """How far a trial is.

    Args:
        status: `"waiting"`, `"running"` or `"failed"`.
        epoch: Finished epochs, as last reported.
        score: Validation NLL of that epoch, if there is one.
        best: The lowest so far.
        error: Why it failed for good; empty if its process died and it can be run
            again.
        runs: How often it was begun or waits to be.
    """

    status: str
    epoch: int
    score: float | None
    best: float | None
    error: str
    runs: int

    @property
    def is_lost(self) -> bool:
        """Whether nobody will run it although it should be run again."""
        return self.status == "failed" and not self.error


def by_study(trials: Iterable[Trial]) -> dict[str, list[Trial]]:
    """Trials by the name of their study, in their order."""
    studies: dict[str, list[Trial]] = {}
    for trial in trials:
        studies.setdefault(trial.study, []).append(trial)
    return studies


def waiting_row(trial: Trial) -> FrozenTrial:
    """The row of a trial that nobody has begun."""
    return create_trial(
        state=TrialState.WAITING,
        params={"learning_rate": trial.learning_rate},
        distributions={"learning_rate": RATES},
        user_attrs={"name": trial.name, "config": trial.config},
    )


def states_of(rows: Iterable[FrozenTrial]) -> dict[str, State]:
    """How far each trial is that is not complete, from all rows that it has."""
    return {
        name: _state(row, runs)
        for name, row, runs in _decisive(rows)
        if row.state != TrialState.COMPLETE
    }


def failures_of(rows: Iterable[FrozenTrial]) -> list[Record]:
    """What is known of each trial that has failed for good, from all rows."""
    return [
        {
            "name": name,
            "error": error,
            "traceback": row.user_attrs.get("traceback", ""),
            "worker": row.user_attrs.get("worker", ""),
            "backend": row.user_attrs["config"]["backend"],
        }
        for name, row, runs in _decisive(rows)
        if (error := _error(row, runs))
    ]


def _decisive(rows: Iterable[FrozenTrial]) -> Iterator[tuple[str, FrozenTrial, int]]:
    """The name of each trial, the row that tells how far it is, and its runs."""
    by_name: dict[str, list[FrozenTrial]] = {}
    for row in sorted(rows, key=lambda row: row.number):
        if "name" in row.user_attrs:
            by_name.setdefault(row.user_attrs["name"], []).append(row)
    for name, of_trial in by_name.items():
        row = max(of_trial, key=lambda row: (RANK[row.state], row.number))
        yield name, row, len(of_trial)


def _error(row: FrozenTrial, runs: int) -> str:
    """Why a trial has failed for good, if it has."""
    if row.state != TrialState.FAIL:
        return ""
    error: str = row.user_attrs.get("error", "")
    if not error and runs > MAX_RETRIES:
        return f"its process died, {runs} times. Is there too little memory?"
    return error


def _state(row: FrozenTrial, runs: int) -> State:
    scores = [score for _, score in sorted(row.intermediate_values.items())]
    status = {TrialState.WAITING: "waiting", TrialState.RUNNING: "running"}
    return State(
        status=status.get(row.state, "failed"),
        epoch=row.last_step or 0,
        score=scores[-1] if scores else None,
        best=min(scores, default=None),
        error=_error(row, runs),
        runs=runs,
    )


def check_same(config: dict[str, Any], trial: Trial, where: str) -> None:
    """Makes sure that a row is of this very trial.

    Raises:
        ValueError: If its settings differ; names the differences.
    """
    wanted = trial.config
    if config == wanted:
        return
    differences = ", ".join(
        f"{key} is {config.get(key)!r} there and {wanted.get(key)!r} here"
        for key in sorted(config.keys() | wanted.keys())
        if config.get(key) != wanted.get(key)
    )
    raise ValueError(
        f"The ledger {where} holds {trial.name} with other settings: {differences}. "
        "Name another output folder with --out, or another --storage, or repeat the "
        "command that made it."
    )


def worker_name() -> str:
    """This process, for people who look into the data base."""
    return f"{socket.gethostname()}:{os.getpid()}"


def without_nan(value: Any) -> Any:
    """JSON knows no NaN and no infinity: they become null."""
    match value:
        case dict():
            return {key: without_nan(item) for key, item in value.items()}
        case list():
            return [without_nan(item) for item in value]
        case float() if not math.isfinite(value):
            return None
    return value
