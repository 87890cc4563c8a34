"""The trials of a study and their records, in an Optuna study for each competition.

Every state of a trial (waiting, running, complete, failed) is a row of the data base,
so any number of processes on any number of machines can share the work.
"""

import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import optuna
from optuna.exceptions import ExperimentalWarning, UpdateFinishedTrialError
from optuna.trial import FrozenTrial, TrialState

from reproduce.ledger.opening import open_storage
from reproduce.ledger.rows import (
    State,
    by_competition,
    check_same,
    complete_row,
    failures_of,
    states_of,
    value_of,
    waiting_row,
    worker_name,
)
from reproduce.record import Record
from reproduce.study import Baseline, Failure
from reproduce.trial import Trial

HEARTBEAT_SECONDS = 5
BASELINES = "baselines"
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
    """The trials of a study in a data base.

    Args:
        url: Address of the data base, such as `sqlite:///results/ledger.db` or
            `postgresql://user@host/base`.
        trial: The trials of the study.
        heartbeat: Seconds between two signs of life of a running trial. One that
            misses four is dead, and is run again.

    Raises:
        ValueError: If the data base cannot be opened, or is that of another study.
    """

    def __init__(
        self, url: str, trial: type[Trial], heartbeat: int = HEARTBEAT_SECONDS
    ) -> None:
        self.url = url
        self.trial = trial
        self.heartbeat = heartbeat
        self._numbers: dict[str, int] = {}
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        # Heartbeats have been experimental in Optuna since 2021.
        warnings.simplefilter("ignore", ExperimentalWarning)
        self.storage = open_storage(url, heartbeat)
        self._check_study()

    def enqueue(self, trials: Iterable[Trial]) -> None:
        """Adds the trials that are not there, or have failed for good.

        Raises:
            ValueError: If the data base holds a trial of the same name with other
                settings.
        """
        self._add_missing(trials, waiting_row)

    def claim(self, trials: Sequence[Trial]) -> Claim | None:
        """Takes the first waiting trial in the order given, for this process alone."""
        order = {trial.name: rank for rank, trial in enumerate(trials)}
        waiting = [
            found
            for name in by_competition(trials)
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
        twins = [t._trial_id for t in self._found(trial.competition, *live, of=trial)]
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
        try:
            self.storage.set_trial_user_attr(claim.number, "record", record.stored())
            return self.storage.set_trial_state_values(
                claim.number, TrialState.COMPLETE, [value_of(record)]
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
        for name in by_competition(trials):
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
            row.user_attrs["name"]: row.user_attrs["record"]
            for name in by_competition(trials)
            for row in self._found(name, TrialState.COMPLETE)
        }
        return {
            t.name: Record.read(found[t.name], self.trial)
            for t in trials
            if t.name in found
        }

    def add(self, records: Iterable[Record]) -> int:
        """Adds the records of trials that are not there, or have failed for good.

        Returns:
            How many they were.

        Raises:
            ValueError: If the data base holds a trial of the same name with other
                settings.
        """
        found = {record.name: record for record in records}
        trials = (record.trial for record in found.values())
        return self._add_missing(trials, lambda trial: complete_row(found[trial.name]))

    def records_of(self, backend: str | None = None) -> list[Record]:
        """The records of every complete trial of a backend, or of all."""
        return [
            Record.read(row.user_attrs["record"], self.trial)
            for name in self._competitions()
            for row in self._found(name, TrialState.COMPLETE)
            if "record" in row.user_attrs
            and backend in (None, row.user_attrs["config"]["backend"])
        ]

    def failures_of(self, backend: str) -> list[Failure]:
        """The trials of a backend that have failed, and how."""
        return [
            failure
            for name in self._competitions()
            for failure in failures_of(self._found(name, *ALL_STATES), backend)
        ]

    def states(self, trials: Iterable[Trial]) -> dict[str, State]:
        """How far each of the trials is that is not complete."""
        states: dict[str, State] = {}
        for study, planned in by_competition(trials).items():
            rows = self._found(study, *UNFINISHED)
            if any(row.state == TrialState.FAIL for row in rows):
                rows += self._found(study, TrialState.COMPLETE)
            found = states_of(rows)
            states |= {t.name: found[t.name] for t in planned if t.name in found}
        return states

    def set_baselines(self, dataset: str, baselines: list[Baseline]) -> None:
        """Stores what a data set's models are to beat."""
        self._study(self._baselines).set_user_attr(dataset, baselines)

    def baselines(self) -> list[Baseline]:
        """What `set_baselines` stored, of all data sets."""
        if self._baselines not in optuna.get_all_study_names(self.storage):
            return []
        stored = self._study(self._baselines).user_attrs
        return [baseline for dataset in sorted(stored) for baseline in stored[dataset]]

    @property
    def _baselines(self) -> str:
        return f"{self.trial.study}-{BASELINES}"

    def _competitions(self) -> list[str]:
        """The names of the competitions of this study."""
        names = optuna.get_all_study_names(self.storage)
        return sorted(n for n in names if n.startswith(f"{self.trial.study}-"))

    def _check_study(self) -> None:
        """Refuses a data base with trials of another study."""
        known = {*self._competitions(), self._baselines}
        for name in sorted(optuna.get_all_study_names(self.storage)):
            if name not in known and any(
                "config" in row.user_attrs for row in self._found(name, *ALL_STATES)
            ):
                self.storage.engine.dispose()
                raise ValueError(
                    f"The ledger {self.url} is that of another study: it holds {name}, "
                    f"and this one is {self.trial.study}. Name another output folder "
                    "with --out, or another --storage."
                )

    def _add_missing(
        self, trials: Iterable[Trial], row: Callable[[Trial], FrozenTrial]
    ) -> int:
        """Adds a row for each trial that has none, or failed ones only; counts them."""
        added = 0
        for name, planned in by_competition(trials).items():
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
                    study.add_trial(row(trial))
                    added += 1
        return added

    def _study(self, name: str) -> optuna.Study:
        return optuna.create_study(
            storage=self.storage, study_name=name, load_if_exists=True
        )

    def _number(self, name: str) -> int | None:
        """The number of a competition, if any of its trials was ever added."""
        if name not in self._numbers:
            try:
                self._numbers[name] = self.storage.get_study_id_from_name(name)
            except KeyError:
                return None
        return self._numbers[name]

    def _found(
        self, study: str, *states: TrialState, of: Trial | None = None
    ) -> list[FrozenTrial]:
        number = self._number(study)
        if number is None:
            return []
        found = self.storage.get_all_trials(number, deepcopy=False, states=states)
        if of is None:
            return found
        return [t for t in found if t.user_attrs["name"] == of.name]
