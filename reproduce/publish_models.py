"""Puts the best models of a finished sweep into the package.

    python reproduce/publish_models.py --out results/full-jax

takes, for each data set and unit, the trial with the lowest validation NLL of all seeds
and learning rates, checks that its weights give the recorded test NLL, and writes what
`keras_gated.models.load_pretrained` reads. `--help` shows the rest.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from reproduce.command import Help, run_command
from reproduce.options import BACKENDS, PROTOCOLS, add_data_dir
from reproduce.studies.chung2014 import DATASETS


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line.

    Args:
        arguments: What to parse instead of the arguments of the process.

    Returns:
        The exit status: 0, 1 if something is missing or does not fit, 130 after Ctrl-C.
    """
    return run_command(_publish, _parse(arguments))


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Puts the best models of a sweep into the package.",
        formatter_class=Help,
    )
    parser.add_argument(
        "--out", type=Path, required=True, help="output folder of the sweep"
    )
    parser.add_argument(
        "--storage", help="address of the ledger, else ledger.db in that folder"
    )
    parser.add_argument(
        "--into", type=Path, help="folder for the files, else that of the package"
    )
    parser.add_argument(
        "--protocol", choices=PROTOCOLS, default="ours", help="that of the trials"
    )
    parser.add_argument(
        "--dataset",
        nargs="+",
        choices=DATASETS,
        metavar="NAME",
        help="these data sets only, else all of the sweep",
    )
    parser.add_argument(
        "--backend",
        choices=BACKENDS,
        default="jax",
        help="backend of the trials",
    )
    add_data_dir(parser)
    return parser.parse_args(arguments)


def _publish(options: argparse.Namespace) -> int:
    from keras_gated.models.pretrained import FOLDER
    from reproduce.data import load_task
    from reproduce.publication import competitions, publish
    from reproduce.sweep.ledger import Ledger

    ledger_file = options.out / "ledger.db"
    if options.storage is None and not ledger_file.is_file():
        raise ValueError(f"{options.out} is no output folder of a sweep: no ledger.db.")
    ledger = Ledger(options.storage or f"sqlite:///{ledger_file.absolute()}")
    records = [
        record
        for record in ledger.records_of(options.backend)
        if options.dataset is None or record["config"]["dataset"] in options.dataset
    ]
    found = list(competitions(records, options.protocol))
    if not found:
        raise ValueError(
            f"The ledger of {options.out} has no finished trial in the protocol "
            f"{options.protocol!r} on {options.backend}."
        )
    for record, competitors in found:
        config = record["config"]
        encoding = config["encoding"] or "piano"
        task = load_task(config["dataset"], encoding, options.data_dir)
        card, scores = publish(
            record, competitors, task, options.out, options.into or FOLDER
        )
        print(
            f"{card}: {record['name']}, best of {len(competitors)}, "
            f"test NLL {scores['pooled']:.3f}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
