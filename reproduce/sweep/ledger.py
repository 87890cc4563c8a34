"""The trials of a sweep and their records, in an Optuna study for each competition.

Every state of a trial (waiting, running, complete, failed) is a row of the data base,
so any number of processes on any number of machines can share the work.
"""

import math
import time
import warnings
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import optuna
import sqlalchemy
from optuna.exceptions import ExperimentalWarning, UpdateFinishedTrialError
from optuna.storages import RDBStorage, RetryHeartbeatStaleTrialCallback
from optuna.trial import FrozenTrial, TrialState

from reproduce.studies.plan import Trial
from reproduce.sweep.rows import (
    MAX_RETRIES,
    Record,
    State,
    by_study,
    check_same,
    failures_of,
    states_of,
    waiting_row,
    without_nan,
    worker_name,
)
from reproduce.sweep.sqlite import one_writer

HEARTBEAT_SECONDS = 5
GRACE = 4
"""Heartbeats that may be missed before a trial counts as dead."""

LOCK_SECONDS = 60
OPENINGS = 3
OPENING_SECONDS = 0.5

BASELINES = "chung2014-baselines"
UNFINISHED = (TrialState.WAITING, TrialState.RUNNING, TrialState.FAIL)
ALL_STATES = (*UNFINISHED, TrialState.COMPLETE)


@dataclass(frozen=True)
class Claim:
    """A trial that this process is to run.

    Args:
        trial: The trial.
        number: Its number in the data base.
    """

    trial: Trial
    number: int


class Ledger:
    """The studies of a sweep in a data base.

    Args:
        url: Address of the data base, such as `sqlite:///results/ledger.db` or
            `postgresql://user@host/base`.
        heartbeat: Seconds between two signs of life of a running trial. One that
            misses four is dead, and is run again.

    Raises:
        ValueError: If the data base cannot be opened.
    """

    def __init__(self, url: str, heartbeat: int = HEARTBEAT_SECONDS) -> None:
        self.url = url
        self.heartbeat = heartbeat
        self._numbers: dict[str, int] = {}
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        # Heartbeats have been experimental in Optuna since 2021.
        warnings.simplefilter("ignore", ExperimentalWarning)
        try:
            self.storage = _open(url, heartbeat)
        except (ImportError, sqlalchemy.exc.SQLAlchemyError) as error:
            raise ValueError(
                f"The ledger {url} cannot be opened: {error}. A folder that can be "
                "written to is needed, or the address of a running data base."
            ) from error
        if url.startswith("sqlite"):
            one_writer(self.storage.engine)

    def enqueue(self, trials: Iterable[Trial]) -> None:
        """Adds the trials that are not there, or have failed for good.

        Raises:
            ValueError: If the data base holds a trial of the same name with other
                settings.
        """
        for name, planned in by_study(trials).items():
            study = self._study(name)
            alive = {
                found.user_attrs["name"]: found.user_attrs["config"]
                for found in study.get_trials(deepcopy=False)
                if found.state != TrialState.FAIL
            }
            for trial in planned:
                if trial.name in alive:
                    check_same(alive[trial.name], trial, self.url)
                else:
                    study.add_trial(waiting_row(trial))

    def claim(self, trials: Sequence[Trial]) -> Claim | None:
        """Takes the first waiting trial in the order given, for this process alone."""
        order = {trial.name: rank for rank, trial in enumerate(trials)}
        waiting = [
            found
            for name in by_study(trials)
            for found in self._found(name, TrialState.WAITING)
            if found.user_attrs["name"] in order
        ]
        for found in sorted(waiting, key=lambda t: order[t.user_attrs["name"]]):
            trial = trials[order[found.user_attrs["name"]]]
            if self._take(found._trial_id, trial):
                return Claim(trial, found._trial_id)
        return None

    def _take(self, number: int, trial: Trial) -> bool:
        # Before it runs: what never had a heartbeat would not be missed, and a process
        # killed here would leave a trial that seems to run for good.
        self.storage.record_heartbeat(number)
        try:
            if not self.storage.set_trial_state_values(number, TrialState.RUNNING):
                return False
        except UpdateFinishedTrialError:
            return False
        self.storage.set_trial_user_attr(number, "worker", worker_name())
        # Two machines that plan at one moment may both add a trial; the first counts.
        live = (TrialState.WAITING, TrialState.RUNNING, TrialState.COMPLETE)
        twins = [t._trial_id for t in self._found(trial.study, *live, of=trial)]
        if min(twins) != number:
            self.storage.set_trial_state_values(number, TrialState.FAIL)
            return False
        return True

    def beat(self, claim: Claim) -> None:
        """Tells that a claimed trial is running."""
        self.storage.record_heartbeat(claim.number)

    def report(self, claim: Claim, epoch: int, score: float) -> None:
        """Stores the validation NLL of an epoch."""
        self.storage.set_trial_intermediate_value(claim.number, epoch, score)

    def finish(self, claim: Claim, record: Record) -> bool:
        """Stores the record of a trial; `False` if another run of it came first."""
        record = without_nan(record)
        score = record["nll"]["valid"]["pooled"]
        try:
            self.storage.set_trial_user_attr(claim.number, "record", record)
            return self.storage.set_trial_state_values(
                claim.number,
                TrialState.COMPLETE,
                [math.inf if score is None else score],
            )
        except UpdateFinishedTrialError:
            return False

    def fail(self, claim: Claim, error: str, traceback: str = "") -> None:
        """Stores that a trial cannot be run, and why."""
        try:
            self.storage.set_trial_user_attr(claim.number, "traceback", traceback)
            self.storage.set_trial_user_attr(claim.number, "error", error)
            self.storage.set_trial_state_values(claim.number, TrialState.FAIL)
        except UpdateFinishedTrialError:
            return

    def give_back(self, claim: Claim) -> None:
        """Lets others run a claimed trial."""
        self.fail(claim, "")
        self.enqueue([claim.trial])

    def retry_dead(self, trials: Sequence[Trial]) -> None:
        """Lets the trials of processes without a sign of life be run again."""
        for name in by_study(trials):
            optuna.storages.fail_stale_trials(self._study(name))
        # Optuna fails a dead trial and then adds it anew; a process may die between.
        states = self.states(trials)
        self.enqueue(
            trial
            for trial in trials
            if trial.name in states and states[trial.name].is_lost
        )

    def records(self, trials: Iterable[Trial]) -> dict[str, Record]:
        """The records of those trials that are complete, by name."""
        trials = list(trials)
        found = {
            trial.user_attrs["name"]: trial.user_attrs["record"]
            for name in by_study(trials)
            for trial in self._found(name, TrialState.COMPLETE)
        }
        return {t.name: found[t.name] for t in trials if t.name in found}

    def records_of(self, backend: str) -> list[Record]:
        """The records of every complete trial of a backend in the data base."""
        return [
            trial.user_attrs["record"]
            for name in sorted(optuna.get_all_study_names(self.storage))
            for trial in self._found(name, TrialState.COMPLETE)
            if trial.user_attrs.get("config", {}).get("backend") == backend
        ]

    def failures_of(self, backend: str) -> list[Record]:
        """The trials of a backend that have failed, and how.

        Returns:
            For each its `name`, its `error` in a few words, the whole `traceback` and
            the `worker` that ran it.
        """
        return [
            failure
            for name in sorted(optuna.get_all_study_names(self.storage))
            for failure in failures_of(self._found(name, *ALL_STATES))
            if failure.pop("backend") == backend
        ]

    def states(self, trials: Iterable[Trial]) -> dict[str, State]:
        """How far each of the trials is that is not complete."""
        states: dict[str, State] = {}
        for study, planned in by_study(trials).items():
            rows = self._found(study, *UNFINISHED)
            if any(row.state == TrialState.FAIL for row in rows):
                rows += self._found(study, TrialState.COMPLETE)
            found = states_of(rows)
            states |= {t.name: found[t.name] for t in planned if t.name in found}
        return states

    def set_baselines(self, dataset: str, baselines: list[Record]) -> None:
        """Stores what a data set's models are to beat."""
        self._study(BASELINES).set_user_attr(dataset, baselines)

    def baselines(self) -> list[Record]:
        """What `set_baselines` stored, of all data sets."""
        if BASELINES not in optuna.get_all_study_names(self.storage):
            return []
        stored = self._study(BASELINES).user_attrs
        return [baseline for dataset in sorted(stored) for baseline in stored[dataset]]

    def _study(self, name: str) -> optuna.Study:
        return optuna.create_study(
            storage=self.storage, study_name=name, load_if_exists=True
        )

    def _number(self, name: str) -> int:
        if name not in self._numbers:
            self._numbers[name] = self.storage.get_study_id_from_name(name)
        return self._numbers[name]

    def _found(
        self, study: str, *states: TrialState, of: Trial | None = None
    ) -> list[FrozenTrial]:
        found = self.storage.get_all_trials(
            self._number(study), deepcopy=False, states=states
        )
        if of is None:
            return found
        return [t for t in found if t.user_attrs["name"] == of.name]


def _open(url: str, heartbeat: int) -> RDBStorage:
    """Opens the data base, and makes its tables if it is empty.

    Two processes that find it empty both make the tables; the second one fails at the
    first table that is there already, and tries again.
    """
    for _ in range(OPENINGS):
        with suppress(sqlalchemy.exc.DBAPIError):
            return _storage(url, heartbeat)
        time.sleep(OPENING_SECONDS)
    return _storage(url, heartbeat)


def _storage(url: str, heartbeat: int) -> RDBStorage:
    return RDBStorage(
        url,
        engine_kwargs={"connect_args": {"timeout": LOCK_SECONDS}}
        if url.startswith("sqlite")
        else None,
        heartbeat_interval=heartbeat,
        grace_period=GRACE * heartbeat,
        heartbeat_stale_trial_callback=RetryHeartbeatStaleTrialCallback(
            max_retry=MAX_RETRIES
        ),
    )
