"""The command line of the reproduction."""

import argparse
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from reproduce.command import Help
from reproduce.studies.chung2014 import DATASETS, MUSIC, SPEECH, UNIT_NAMES

BACKENDS = ("jax", "tensorflow", "torch")
PROTOCOLS = ("paper", "code", "ours")
ARMS = ("table1", "total", "no_peepholes", "reset_after")
GROUPS = {"music": MUSIC, "speech": SPEECH, "all": DATASETS}


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Reads the options and fills in what follows from them."""
    parser = argparse.ArgumentParser(
        description="Reproduces Chung et al. 2014 (arXiv:1412.3555).",
        formatter_class=Help,
    )
    _add_what(parser.add_argument_group("what to train"))
    _add_how_long(parser.add_argument_group("how long"))
    _add_where(parser.add_argument_group("where"))
    _add_instead(parser.add_argument_group("instead of training"))
    options = parser.parse_args(arguments)
    names = [GROUPS.get(name, (name,)) for name in options.dataset]
    options.dataset = list(dict.fromkeys(name for group in names for name in group))
    for several in ("units", "protocol", "arms", "seeds"):
        setattr(options, several, list(dict.fromkeys(getattr(options, several))))
    budget = "full" if options.full else "quick"
    options.out = options.out or Path("results") / f"{budget}-{options.backend}"
    options.out = options.out.absolute()
    options.storage = options.storage or f"sqlite:///{options.out / 'ledger.db'}"
    return options


def _add_what(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--backend", choices=BACKENDS, default="jax", help="backend of Keras"
    )
    group.add_argument(
        "--dataset",
        nargs="+",
        choices=(*DATASETS, *GROUPS),
        default=["jsb_chorales"],
        metavar="NAME",
        help=f"data sets: {', '.join(DATASETS)}; or music, speech, all",
    )
    group.add_argument(
        "--units",
        nargs="+",
        choices=UNIT_NAMES,
        default=list(UNIT_NAMES),
        help="recurrent units",
    )
    group.add_argument(
        "--protocol",
        nargs="+",
        choices=PROTOCOLS,
        default=["paper"],
        help="how to train: by the paper's text, by its authors' released code, or by "
        "what we found trains best",
    )
    group.add_argument(
        "--arms",
        nargs="+",
        choices=ARMS,
        default=["table1"],
        help="the models of table 1; models equal with their heads counted; the LSTM "
        "without peepholes; the GRU that resets after the product",
    )
    group.add_argument(
        "--seeds",
        nargs="+",
        type=at_least(0),
        default=[0],
        help="whole numbers; everything is trained once with each",
    )
    group.add_argument(
        "--encoding",
        choices=("piano", "paper"),
        default="piano",
        help="inputs of 88 keys, or of the paper's 93 to 108 pitches",
    )


def _add_how_long(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--full",
        action="store_true",
        help="all learning rates and epochs of the protocol, not a few",
    )
    group.add_argument(
        "--trials",
        type=at_least(1),
        help="learning rates to try for each unit, else those of the protocol, "
        "without --full the 3 largest",
    )
    group.add_argument(
        "--epochs",
        type=at_least(1),
        help="epochs at most, else those of the protocol, without --full 300 at most",
    )
    group.add_argument(
        "--patience",
        type=at_least(1),
        help="epochs without a better validation score before a trial is stopped, "
        "else those of the protocol, without --full 30 at most",
    )


def _add_where(group: argparse._ArgumentGroup) -> None:
    add_data_dir(group)
    group.add_argument(
        "--out",
        type=Path,
        help="output folder, else results/quick-BACKEND, or results/full-BACKEND with "
        "--full",
    )
    group.add_argument(
        "--storage",
        help="address of the ledger, such as postgresql://user@host/base for many "
        "machines, else the file ledger.db in the output folder",
    )
    group.add_argument(
        "--workers",
        type=at_least(1),
        default=os.cpu_count(),
        help="processes, each with one thread, else one for each core",
    )
    group.add_argument(
        "--ray",
        metavar="ADDRESS",
        help="run the workers as tasks on the Ray cluster there, else as processes of "
        "this machine",
    )
    group.add_argument(
        "--heartbeat",
        type=at_least(1),
        default=5,
        help="seconds between two signs of life of a trial; after four without one "
        "it is run again",
    )
    group.add_argument(
        "--checkpoint-seconds",
        type=seconds,
        default=20.0,
        help="seconds between two checkpoints of a trial",
    )


def _add_instead(group: argparse._ArgumentGroup) -> None:
    only = group.add_mutually_exclusive_group()
    only.add_argument(
        "--table1", action="store_true", help="print the sizes of the models"
    )
    only.add_argument(
        "--report", action="store_true", help="write the report of what is finished"
    )
    only.add_argument(
        "--dashboard",
        action="store_true",
        help="tell how to look at the sweep in a browser",
    )


def add_data_dir(group: argparse._ActionsContainer) -> None:
    """The option that all commands have which read data sets."""
    group.add_argument(
        "--data-dir",
        type=Path,
        help="folder of the data sets, else that in the variable KERAS_GATED_DATA, "
        "else they are downloaded once",
    )


def seconds(text: str) -> float:
    """A reader of durations for `argparse`."""
    number = float(text)
    if not number >= 0:
        raise argparse.ArgumentTypeError(f"must not be negative, but is {text}")
    return number


def at_least(lowest: int) -> Callable[[str], int]:
    """A reader of whole numbers for `argparse`."""

    def read(text: str) -> int:
        number = int(text)
        if number < lowest:
            raise argparse.ArgumentTypeError(f"must be {lowest} or more, not {number}")
        return number

    read.__name__ = "whole number"
    return read
