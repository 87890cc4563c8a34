"""The command that puts the best models of a finished sweep into the package.

    python reproduce/run.py publish --out results/full-jax

`--help` shows the rest.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Group, Parameter

from reproduce.command import run_command
from reproduce.options import WHERE, Backend
from reproduce.studies.chung2014.paper import DATASETS
from reproduce.studies.chung2014.protocols import PROTOCOLS

WHAT = Group("What to publish", sort_key=1)


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Options:
    """Of which trials the models are, and where they come from and go to."""

    protocol: Annotated[str, Parameter(group=WHAT, choices=tuple(PROTOCOLS))] = "ours"
    """that of the trials"""

    dataset: Annotated[tuple[str, ...], Parameter(group=WHAT, choices=DATASETS)] = ()
    """these data sets only, else all of the sweep"""

    backend: Annotated[Backend, Parameter(group=WHAT)] = "jax"
    """backend of the trials"""

    out: Annotated[Path, Parameter(group=WHERE)]
    """output folder of the sweep"""

    storage: Annotated[str | None, Parameter(group=WHERE)] = None
    """address of the ledger, else ledger.db in that folder"""

    into: Annotated[Path | None, Parameter(group=WHERE)] = None
    """folder for the files, else that of the package"""

    data_dir: Annotated[Path | None, Parameter(group=WHERE)] = None
    """folder of the data sets, else that in the variable KERAS_GATED_DATA, else they
    are downloaded once"""


def publish(options: Options) -> int:
    """Put the best models of a finished sweep into the package.

    Takes, for each data set and unit, the trial with the lowest validation NLL of all
    seeds and learning rates, checks that its weights give the recorded test NLL, and
    writes what `keras_gated.models.load_pretrained` reads.

    Args:
        options: Of which trials the models are.

    Returns:
        The exit status.
    """
    return run_command(_publish, options)


def _publish(options: Options) -> int:
    from keras_gated.models.pretrained import FOLDER
    from reproduce.ledger import Ledger
    from reproduce.studies.chung2014 import publication
    from reproduce.studies.chung2014.data import load_task
    from reproduce.studies.chung2014.trial import Trial

    ledger_file = options.out / "ledger.db"
    if options.storage is None and not ledger_file.is_file():
        raise ValueError(f"{options.out} is no output folder of a sweep: no ledger.db.")
    ledger = Ledger(options.storage or f"sqlite:///{ledger_file.absolute()}", Trial)
    records = [
        record
        for record in ledger.records_of(options.backend)
        if not options.dataset or record.trial.dataset in options.dataset
    ]
    found = list(publication.competitions(records, options.protocol))
    if not found:
        raise ValueError(
            f"The ledger of {options.out} has no finished trial in the protocol "
            f"{options.protocol!r} on {options.backend}."
        )
    for record, competitors in found:
        trial = record.trial
        task = load_task(trial.dataset, trial.encoding or "piano", options.data_dir)
        card, scores = publication.publish(
            record, competitors, task, options.out, options.into or FOLDER
        )
        print(
            f"{card}: {record.name}, best of {len(competitors)}, "
            f"test NLL {scores['pooled']:.3f}"
        )
    return 0
