"""Trains parameter-matched networks as Chung et al. 2014 did, and compares.

    python reproduce/run.py --backend jax

runs a short version on JSB Chorales, `--full --dataset all` the whole study. Stopped
and started again, a run goes on where it was. `--help` shows the rest.
"""

import argparse
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from reproduce.command import INTERRUPTED, ONE_THREAD, run_command
from reproduce.options import parse

if TYPE_CHECKING:
    from rich.console import Console

    from reproduce.studies.plan import Trial
    from reproduce.studies.protocols import Budget
    from reproduce.sweep.ledger import Ledger
    from reproduce.sweep.run import Crew
    from reproduce.sweep.worker import Job


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line.

    Args:
        arguments: What to parse instead of the arguments of the process.

    Returns:
        The exit status: 0 if all trials are finished, 1 if one failed or the input was
        bad, 130 after Ctrl-C.
    """
    return run_command(_command, parse(arguments))


def _command(options: argparse.Namespace) -> int:
    from rich.console import Console

    console = Console()
    if options.table1:
        from reproduce.sizes import table1

        console.print(table1())
        return 0
    if options.dashboard:
        console.print("pip install optuna-dashboard", highlight=False)
        console.print(
            f"optuna-dashboard {options.storage}", highlight=False, soft_wrap=True
        )
        return 0
    from reproduce.folders import check_writable
    from reproduce.report import write_failures, write_report
    from reproduce.sweep.ledger import Ledger

    check_writable(options.out)
    ledger = Ledger(options.storage, options.heartbeat)
    status = 0 if options.report else _train(options, ledger, console)
    records = ledger.records_of(options.backend)
    failures = ledger.failures_of(options.backend)
    write_failures(failures, options.out)
    if records or options.report:
        write_report(records, ledger.baselines(), options.out, console, failures)
    return status


def _train(options: argparse.Namespace, ledger: "Ledger", console: "Console") -> int:
    """Runs the trials that are still to do."""
    from reproduce.report import FAILURES
    from reproduce.sweep.display import Display
    from reproduce.sweep.run import run_sweep
    from reproduce.sweep.worker import Job

    trials = _plan(options, ledger, console)
    if not trials:
        raise ValueError(
            f"There is no trial of the units {options.units} in the arms "
            f"{options.arms}."
        )
    job = Job(
        trials=trials,
        storage=options.storage,
        heartbeat=options.heartbeat,
        data_dir=options.data_dir and options.data_dir.absolute(),
        out=options.out,
        checkpoint_seconds=options.checkpoint_seconds,
    )
    console.print(
        f"Trials on {options.backend}: {len(trials)}, "
        f"{min(options.workers, len(trials))} at a time, one thread each."
    )
    console.print(f"Results: {options.out}", markup=False, soft_wrap=True)
    status = 0
    display = Display(console)
    try:
        with display:
            run_sweep(job, ledger, display, partial(_hire, options))
    except KeyboardInterrupt:
        console.print("Interrupted.")
        status = INTERRUPTED
    if display.failures:
        console.print(
            f"[red]Failed: {display.failures} of {len(trials)} trials.[/red] What they "
            f"raised is in {options.out / FAILURES}.",
            soft_wrap=True,
        )
    complete = len(ledger.records(trials))
    if complete < len(trials):
        status = status or 1
        console.print(
            f"{complete} of {len(trials)} trials are finished and kept; the same "
            "command does the others, and tries what failed once more."
        )
    return status


def _plan(
    options: argparse.Namespace, ledger: "Ledger", console: "Console"
) -> list["Trial"]:
    """All trials that the options ask for, and the baselines of their data."""
    from reproduce.baselines import speech_baselines
    from reproduce.data import load_task
    from reproduce.studies.chung2014 import SPEECH, TITLES
    from reproduce.studies.plan import plan
    from reproduce.studies.protocols import PROTOCOLS

    trials: list[Trial] = []
    for dataset in options.dataset:
        task = load_task(dataset, options.encoding, options.data_dir)
        console.print(f"{TITLES[dataset]}: {task.source}", soft_wrap=True)
        if dataset in SPEECH:
            found = speech_baselines(task.splits)
            marked = [{**row, "dataset": dataset, "data": task.data} for row in found]
            ledger.set_baselines(dataset, marked)
        for name in options.protocol:
            protocol = PROTOCOLS[name]
            ways = {
                unit: (
                    protocol.recipe(dataset, unit),
                    _cut(protocol.budget(dataset, unit, options.full), options),
                )
                for unit in options.units
            }
            trials += plan(
                name,
                ways,
                dataset,
                task.material,
                options.arms,
                options.seeds,
                options.backend,
            )
    return trials


def _cut(budget: "Budget", options: argparse.Namespace) -> "Budget":
    """A budget with what the options say otherwise."""
    return replace(
        budget,
        trials=options.trials or budget.trials,
        max_epochs=options.epochs or budget.max_epochs,
        patience=options.patience or budget.patience,
    )


def _hire(options: argparse.Namespace, job: "Job") -> "Crew":
    workers = min(options.workers, len(job.trials))
    if options.ray:
        from reproduce.sweep.ray_crew import RayCrew

        environment = {**ONE_THREAD, "KERAS_BACKEND": options.backend}
        return RayCrew(job, workers, options.ray, environment)
    from reproduce.sweep.local_crew import LocalCrew

    return LocalCrew(job, workers)


if __name__ == "__main__":
    sys.exit(main())
