"""What every study can be asked for on the command line."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, ClassVar, Literal, get_args

from cyclopts import Group, Parameter
from cyclopts.validators import Number, mutually_exclusive

Backend = Literal["jax", "tensorflow", "torch"]
BACKENDS: tuple[str, ...] = get_args(Backend)

WHAT = Group("What to train", sort_key=1)
HOW_LONG = Group("How long", sort_key=2)
WHERE = Group("Where", sort_key=3)
INSTEAD = Group("Instead of training", sort_key=4, validator=mutually_exclusive)

Positive = Annotated[int, Parameter(validator=Number(gte=1))]
Natural = Annotated[int, Parameter(validator=Number(gte=0))]
Seconds = Annotated[float, Parameter(validator=Number(gte=0))]


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Options:
    """The options that all studies share. A study derives its own from them."""

    backend: Annotated[Backend, Parameter(group=WHAT)] = "jax"
    """backend of Keras"""

    dataset: Annotated[tuple[str, ...], Parameter(group=WHAT)] = ()
    """data sets"""

    encoding: Annotated[str, Parameter(parse=False)] = ""

    seeds: Annotated[tuple[Natural, ...], Parameter(group=WHAT)] = (0,)
    """whole numbers; everything is trained once with each"""

    trials: Annotated[Positive | None, Parameter(group=HOW_LONG)] = None
    """candidates to try for each model, else those of the study"""

    epochs: Annotated[Positive | None, Parameter(group=HOW_LONG)] = None
    """epochs at most, else those of the study"""

    patience: Annotated[Positive | None, Parameter(group=HOW_LONG)] = None
    """epochs without a better validation score before a trial is stopped, else those
    of the study"""

    data_dir: Annotated[Path | None, Parameter(group=WHERE)] = None
    """folder of the data sets, else that in the variable KERAS_GATED_DATA, else they
    are downloaded once"""

    out: Annotated[Path | None, Parameter(group=WHERE)] = None
    """output folder, else one in results/ that is named after size and backend"""

    storage: Annotated[str | None, Parameter(group=WHERE)] = None
    """address of the ledger, such as postgresql://user@host/base for many machines,
    else the file ledger.db in the output folder"""

    workers: Annotated[Positive | None, Parameter(group=WHERE)] = None
    """processes, each with one thread, else one for each core"""

    ray: Annotated[str | None, Parameter(group=WHERE)] = None
    """address of a Ray cluster whose tasks are the workers, else they are processes of
    this machine"""

    heartbeat: Annotated[Positive, Parameter(group=WHERE)] = 5
    """seconds between two signs of life of a trial; after four without one it is run
    again"""

    checkpoint_seconds: Annotated[Seconds, Parameter(group=WHERE)] = 20.0
    """seconds between two checkpoints of a trial"""

    report: Annotated[bool, Parameter(group=INSTEAD)] = False
    """write the report of what is finished"""

    dashboard: Annotated[bool, Parameter(group=INSTEAD)] = False
    """tell how to look at the sweep in a browser"""

    is_default: ClassVar[bool] = False
    """Whether this study is run if none is named."""

    commands: ClassVar[Mapping[str, Callable[..., int]]] = {}
    """What the study can do besides, by the names of the commands."""

    def __post_init__(self) -> None:
        # What is named twice is run once.
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, tuple):
                object.__setattr__(self, field.name, tuple(dict.fromkeys(value)))

    @property
    def size(self) -> str:
        """What the output folder is named after, beside the backend."""
        raise NotImplementedError

    @property
    def folder(self) -> Path:
        """The output folder."""
        return (self.out or Path("results") / f"{self.size}-{self.backend}").absolute()

    @property
    def ledger(self) -> str:
        """The address of the ledger."""
        return self.storage or f"sqlite:///{self.folder / 'ledger.db'}"

    @property
    def crew(self) -> int:
        """Workers at most."""
        return self.workers or os.cpu_count() or 1
