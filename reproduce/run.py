"""Trains parameter-matched networks as Chung et al. 2014 did, and compares.

    python reproduce/run.py --backend jax

runs a short version on JSB Chorales, `--full` the whole row of the paper's table 2,
`--table1` prints the sizes of the models. Stopped and started again, a run goes on
where it was.
"""

import argparse
import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from reproduce.studies import chung2014

if TYPE_CHECKING:
    from keras_gated.datasets.music import MusicDataset

ONE_THREAD = {
    "NPROC": "1",
    "OMP_NUM_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
}
"""Environment that keeps every backend to one thread, if set before it is loaded."""

INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line.

    Args:
        arguments: What to parse instead of the arguments of the process.

    Returns:
        The exit status: 0, 1 if a trial failed or the input was bad, 130 after Ctrl-C.
    """
    options = parse(arguments)
    # Keras reads its backend once, when it is imported.
    os.environ.update(ONE_THREAD, KERAS_BACKEND=options.backend)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        return print_table1() if options.table1 else reproduce(options)
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Reads the options and fills in what follows from them."""
    parser = argparse.ArgumentParser(
        description="Reproduces Chung et al. 2014 (arXiv:1412.3555) on music.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument(
        "--backend", choices=("jax", "tensorflow", "torch"), default="jax"
    )
    parser.add_argument(
        "--dataset",
        nargs="+",
        choices=chung2014.DATASETS,
        default=["jsb_chorales"],
        help="data sets",
    )
    parser.add_argument(
        "--units",
        nargs="+",
        choices=tuple(chung2014.MUSIC_UNITS),
        default=list(chung2014.MUSIC_UNITS),
        help="recurrent units",
    )
    budget = parser.add_mutually_exclusive_group()
    for name, text in (
        ("full", "all ten learning rates, with early stopping"),
        ("paper", "all ten learning rates, for all epochs of the paper's curves"),
    ):
        budget.add_argument(
            f"--{name}",
            dest="budget",
            action="store_const",
            const=name,
            default="quick",
            help=text,
        )
    parser.add_argument(
        "--trials", type=at_least(1), help="learning rates to try for each unit"
    )
    parser.add_argument("--epochs", type=at_least(1), help="epochs at most")
    parser.add_argument(
        "--patience",
        type=at_least(1),
        help="epochs without a better validation score before a trial is stopped",
    )
    parser.add_argument("--seed", type=at_least(0), default=0)
    parser.add_argument(
        "--encoding",
        choices=("piano", "paper"),
        default="piano",
        help="inputs of 88 keys, or of the paper's 93 to 108 pitches",
    )
    parser.add_argument(
        "--data-dir", type=Path, help="folder of the data sets, else see the docs"
    )
    parser.add_argument(
        "--out", type=Path, help="output folder, else results/BUDGET-BACKEND"
    )
    parser.add_argument(
        "--workers",
        type=at_least(1),
        default=os.cpu_count(),
        help="processes, each with one thread",
    )
    parser.add_argument(
        "--table1", action="store_true", help="print the sizes of the models and stop"
    )
    options = parser.parse_args(arguments)
    options.units = list(dict.fromkeys(options.units))
    chosen = chung2014.BUDGETS[options.budget]
    options.trials = options.trials or chosen.trials
    options.epochs = options.epochs or chosen.max_epochs
    options.patience = options.patience or chosen.patience
    options.out = options.out or Path("results") / f"{options.budget}-{options.backend}"
    return options


def at_least(lowest: int) -> Callable[[str], int]:
    """A reader of whole numbers for `argparse`."""

    def read(text: str) -> int:
        number = int(text)
        if number < lowest:
            raise argparse.ArgumentTypeError(f"must be {lowest} or more, not {number}")
        return number

    read.__name__ = "whole number"
    return read


def print_table1() -> int:
    """Prints the paper's table 1 and the same counts here."""
    from rich.console import Console

    from reproduce.sizes import table1

    Console().print(table1())
    return 0


def reproduce(options: argparse.Namespace) -> int:
    """Runs the trials that are still to do, and reports on all."""
    from rich.console import Console

    from reproduce.display import Display
    from reproduce.ledger import Ledger
    from reproduce.report import write_report
    from reproduce.sweep import run_sweep

    console = Console()
    ledger = Ledger(options.out)
    datasets = load(options, console.print)
    trials = plan(options, datasets)
    console.print(
        f"{len(trials)} trials on {options.backend}, {options.workers} at a time, "
        f"one thread each. Results: {options.out}"
    )
    status = 0
    try:
        with Display(console) as display:
            errors = run_sweep(trials, datasets, ledger, display, options.workers)
        if errors:
            console.print(f"[red]{len(errors)} trials failed.[/red]")
            status = 1
    except KeyboardInterrupt:
        console.print("Interrupted.")
        status = INTERRUPTED
    records = ledger.read_all(trials)
    if len(records) < len(trials):
        console.print(
            f"{len(records)} of {len(trials)} trials are finished and kept; the same "
            "command does the others."
        )
    if records:
        write_report(records.values(), options.out, console)
    return status


def load(
    options: argparse.Namespace, show: Callable[[str], None]
) -> dict[str, "MusicDataset"]:
    """Loads every data set before any work starts, and says where each is from."""
    from keras_gated.datasets import music

    datasets = {}
    for name in options.dataset:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", UserWarning)
            datasets[name] = music.load(
                name, options.data_dir, encoding=options.encoding, fallback=True
            )
        for warning in caught:
            show(f"[bold red]{warning.message}[/bold red]")
        show(f"{chung2014.TITLES[name]}: {datasets[name].source}")
    return datasets


def plan(
    options: argparse.Namespace, datasets: dict[str, "MusicDataset"]
) -> list[chung2014.Trial]:
    """The trials of a sweep: every unit of every data set at every learning rate."""
    rates = chung2014.draw_learning_rates(options.trials, options.seed)
    return [
        chung2014.Trial(
            dataset=dataset,
            data="canonical" if data.comparable else chung2014.STAND_IN,
            encoding=options.encoding,
            unit=unit,
            units=chung2014.MUSIC_UNITS[unit],
            candidate=candidate,
            learning_rate=rate,
            seed=options.seed,
            backend=options.backend,
            max_epochs=options.epochs,
            patience=options.patience,
            layer_arguments=chung2014.LAYER_ARGUMENTS[unit],
        )
        for dataset, data in datasets.items()
        for candidate, rate in rates.items()
        for unit in options.units
    ]


if __name__ == "__main__":
    sys.exit(main())
