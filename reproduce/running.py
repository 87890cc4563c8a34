"""Runs a study: plans its trials, has them trained, writes its report."""

from rich.console import Console

from reproduce import studies
from reproduce.command import INTERRUPTED, ONE_THREAD
from reproduce.folders import check_writable
from reproduce.ledger import Ledger
from reproduce.ledger.kept_records import FILE, keep_records, take_records
from reproduce.options import Options
from reproduce.report import FAILURES, write_failures, write_report
from reproduce.study import Results, Study
from reproduce.sweep.display import Display
from reproduce.sweep.run import Crew, run_sweep
from reproduce.sweep.worker import Job
from reproduce.task import Task
from reproduce.trial import Trial


def run_study(name: str, options: Options) -> int:
    """Does what the options of a study ask for.

    Args:
        name: Name of the study.
        options: Its options.

    Returns:
        The exit status: 0 if all trials are finished, 1 if one failed, 130 after
        Ctrl-C.

    Raises:
        ValueError: If something that was asked for cannot be had.
    """
    study = studies.load(name)
    console = Console()
    if options.dashboard:
        console.print("pip install optuna-dashboard", highlight=False)
        console.print(
            f"optuna-dashboard {options.ledger}", highlight=False, soft_wrap=True
        )
        return 0
    if shown := list(study.instead(options)):
        console.print(*shown)
        return 0
    check_writable(options.folder)
    ledger = Ledger(options.ledger, study.trial, options.heartbeat)
    if taken := take_records(ledger, options.folder):
        console.print(f"Taken up from {FILE}: {taken} finished trials.")
    status = 0 if options.report else _Sweep(study, options, ledger, console).run()
    results = Results(
        ledger.records_of(options.backend),
        ledger.baselines(),
        ledger.failures_of(options.backend),
        options.folder,
    )
    keep_records(ledger, options.folder)
    write_failures(results.failures, options.folder)
    if results.records or options.report:
        try:
            write_report(study, results, options.folder, console)
        except ValueError as error:
            if not status:
                raise
            console.print(f"No report yet: {error}", markup=False, soft_wrap=True)
    return status


class _Sweep:
    """The trials of a study that are still to do.

    Args:
        study: The study.
        options: What is asked for.
        ledger: Where the trials are.
        console: Where to print.
    """

    def __init__(
        self, study: Study, options: Options, ledger: Ledger, console: Console
    ) -> None:
        self._study = study
        self._options = options
        self._ledger = ledger
        self._console = console
        self._display = Display(console)

    def run(self) -> int:
        """Runs them, in as many rounds as the plan has.

        Returns:
            The exit status.
        """
        tasks = self._load()
        new = self._plan(tasks)
        if not new:
            raise ValueError(
                "What was asked for leaves no trial to run. Name more data sets or "
                "models."
            )
        self._announce(new)
        planned: dict[str, Trial] = {}
        status = 0
        try:
            while new:
                planned |= {trial.name: trial for trial in new}
                job = self._job(new)
                with self._display:
                    run_sweep(job, self._ledger, self._display, self._hire)
                new = [t for t in self._plan(tasks) if t.name not in planned]
        except KeyboardInterrupt:
            self._console.print("Interrupted.")
            status = INTERRUPTED
        return self._sum_up(list(planned.values()), status)

    def _load(self) -> dict[str, Task]:
        """The data sets, and what simple models reach on them."""
        options, tasks = self._options, {}
        for dataset in options.dataset:
            task = self._study.load(dataset, options.encoding, options.data_dir)
            title = self._study.datasets[dataset].title
            self._console.print(f"{title}: {task.source}", soft_wrap=True)
            baselines = list(self._study.baselines(dataset, task))
            if baselines:
                self._ledger.set_baselines(dataset, baselines)
            tasks[dataset] = task
        return tasks

    def _plan(self, tasks: dict[str, Task]) -> list[Trial]:
        known = self._ledger.records_of(self._options.backend)
        return [
            trial
            for dataset, task in tasks.items()
            for trial in self._study.plan(self._options, dataset, task, known)
        ]

    def _announce(self, trials: list[Trial]) -> None:
        options = self._options
        self._console.print(
            f"Trials on {options.backend}: {len(trials)}, "
            f"{min(options.crew, len(trials))} at a time, one thread each."
        )
        self._console.print(f"Results: {options.folder}", markup=False, soft_wrap=True)

    def _job(self, trials: list[Trial]) -> Job:
        options = self._options
        return Job(
            study=self._study.name,
            trials=trials,
            storage=options.ledger,
            heartbeat=options.heartbeat,
            data_dir=options.data_dir and options.data_dir.absolute(),
            out=options.folder,
            checkpoint_seconds=options.checkpoint_seconds,
        )

    def _hire(self, job: Job) -> Crew:
        options = self._options
        workers = min(options.crew, len(job.trials))
        if options.ray:
            from reproduce.sweep.ray_crew import RayCrew

            environment = {**ONE_THREAD, "KERAS_BACKEND": options.backend}
            return RayCrew(job, workers, options.ray, environment)
        from reproduce.sweep.local_crew import LocalCrew

        return LocalCrew(job, workers)

    def _sum_up(self, trials: list[Trial], status: int) -> int:
        """Says what failed and what is left; gives the exit status."""
        failures = self._display.failures
        if failures:
            self._console.print(
                f"[red]Failed: {failures} of {len(trials)} trials.[/red] What they "
                f"raised is in {self._options.folder / FAILURES}.",
                soft_wrap=True,
            )
        complete = len(self._ledger.records(trials))
        if complete < len(trials):
            status = status or 1
            self._console.print(
                f"{complete} of {len(trials)} trials are finished and kept; the same "
                "command does the others, and tries what failed once more."
            )
        return status
