"""Trials as rows of the data base."""

import math
import os
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from optuna.trial import FrozenTrial, TrialState, create_trial

from reproduce.record import Record
from reproduce.study import Failure
from reproduce.trial import Trial

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


def by_competition(trials: Iterable[Trial]) -> dict[str, list[Trial]]:
    """Trials by their competition, which is a study of Optuna, in their order."""
    competitions: dict[str, list[Trial]] = {}
    for trial in trials:
        competitions.setdefault(trial.competition, []).append(trial)
    return competitions


def waiting_row(trial: Trial) -> FrozenTrial:
    """The row of a trial that nobody has begun."""
    return create_trial(
        state=TrialState.WAITING,
        params=trial.candidate_settings,
        distributions=dict(trial.space),
        user_attrs={"name": trial.name, "config": trial.config},
    )


def complete_row(record: Record) -> FrozenTrial:
    """The row of a trial that was run elsewhere."""
    row = waiting_row(record.trial)
    return create_trial(
        state=TrialState.COMPLETE,
        value=value_of(record),
        params=row.params,
        distributions=row.distributions,
        user_attrs={**row.user_attrs, "record": record.stored()},
    )


def value_of(record: Record) -> float:
    """The validation score, by which trials compete; infinite where it is no number."""
    score = record.score("nll", "valid")
    return score if math.isfinite(score) else math.inf


def states_of(rows: Iterable[FrozenTrial]) -> dict[str, State]:
    """How far each trial is that is not complete, from all rows that it has."""
    return {
        name: _state(row, runs)
        for name, row, runs in _decisive(rows)
        if row.state != TrialState.COMPLETE
    }


def failures_of(rows: Iterable[FrozenTrial], backend: str) -> list[Failure]:
    """What is known of each trial of a backend that failed for good, of all rows."""
    return [
        Failure(
            name=name,
            error=error,
            traceback=row.user_attrs.get("traceback", ""),
            worker=row.user_attrs.get("worker", ""),
        )
        for name, row, runs in _decisive(rows)
        if (error := _error(row, runs))
        and row.user_attrs["config"]["backend"] == backend
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
    there, here = type(trial).from_config(config).config, trial.config
    if there == here:
        return
    differences = ", ".join(
        f"{key} is {there[key]!r} there and {here[key]!r} here"
        for key in sorted(here)
        if there[key] != here[key]
    )
    raise ValueError(
        f"The ledger {where} holds {trial.name} with other settings: {differences}. "
        "Name another output folder with --out, or another --storage, or repeat the "
        "command that made it."
    )


def worker_name() -> str:
    """This process, for people who look into the data base."""
    return f"{socket.gethostname()}:{os.getpid()}"
