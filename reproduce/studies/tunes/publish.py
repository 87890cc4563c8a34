"""The command that puts the best models of a finished sweep into the package.

    python reproduce/run.py tunes publish --out results/tunes-jax

`--help` shows the rest.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Group, Parameter

from reproduce.command import run_command
from reproduce.options import WHERE, Backend

WHAT = Group("What to publish", sort_key=1)

Dataset = Literal["nottingham", "oneill", "ryan", "aird", "collections"]


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Options:
    """Of which trials the models are, and where they come from and go to."""

    dataset: Annotated[Dataset, Parameter(group=WHAT)] = "nottingham"
    """the collections on which they were trained"""

    backend: Annotated[Backend, Parameter(group=WHAT)] = "jax"
    """backend of the trials"""

    out: Annotated[Path, Parameter(group=WHERE)]
    """output folder of the sweep"""

    storage: Annotated[str | None, Parameter(group=WHERE)] = None
    """address of the ledger, else ledger.db in that folder"""

    into: Annotated[Path | None, Parameter(group=WHERE)] = None
    """folder for the files, else that of the package"""

    data_dir: Annotated[Path | None, Parameter(group=WHERE)] = None
    """folder of the data sets, else that in the variable KERAS_GATED_DATA"""


def publish(options: Options) -> int:
    """Put the best models of tokens of a finished sweep into the package.

    Takes, for each unit, the trial with the lowest validation NLL of all seeds and
    learning rates, checks that its weights, rounded to float16, give the recorded test
    NLL, and writes what `keras_gated.models.load_pretrained("tunes", UNIT)` reads.

    Args:
        options: Of which trials the models are.

    Returns:
        The exit status.
    """
    return run_command(_publish, options)


def _publish(options: Options) -> int:
    from keras_gated.models.pretrained import FOLDER
    from reproduce.ledger import Ledger
    from reproduce.studies.tunes import publication
    from reproduce.studies.tunes.data import load_task
    from reproduce.studies.tunes.names import TOKENS
    from reproduce.studies.tunes.trial import Trial

    ledger_file = options.out / "ledger.db"
    if options.storage is None and not ledger_file.is_file():
        raise ValueError(f"{options.out} is no output folder of a sweep: no ledger.db.")
    ledger = Ledger(options.storage or f"sqlite:///{ledger_file.absolute()}", Trial)
    records = ledger.records_of(options.backend)
    found = list(publication.competitions(records, options.dataset))
    if not found:
        raise ValueError(
            f"The ledger of {options.out} has no finished trial of the tokens of "
            f"{options.dataset!r} on {options.backend}."
        )
    task = load_task(options.dataset, TOKENS, options.data_dir)
    for record, competitors in found:
        card, scores = publication.publish(
            record, competitors, task, options.out, options.into or FOLDER
        )
        print(
            f"{card}: {record.name}, best of {len(competitors)}, "
            f"test NLL {scores['pooled']:.3f}"
        )
    return 0
