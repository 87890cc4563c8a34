"""What the study can be asked for on the command line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, get_args

from cyclopts import Group, Parameter
from cyclopts.validators import mutually_exclusive

from reproduce import options
from reproduce.options import WHAT, Natural
from reproduce.studies.tang2016.listen import listen

Dataset = Literal[
    "flite_frames",
    "flite_ctc",
    "asterisk_frames",
    "asterisk_ctc",
    "fsdd_frames",
    "fsdd_ctc",
    "all",
]
Unit = Literal["lstm", "gru", "tanh"]
Direction = Literal["forward", "both"]

ALL = "all"
DATASETS = tuple(name for name in get_args(Dataset) if name != ALL)

SIZE = Group("Size", sort_key=2, validator=mutually_exclusive)


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Options(options.Options):
    """A study after Tang et al. 2016 (arXiv:1609.08789), whose corpus is licensed.

    Trains recognisers of phones and looks at their memory. Without options three layers
    of LSTM, GRU and tanh units on synthetic speech, frame by frame and by CTC, and with
    shortcuts, five seeds; an hour or so on two cores. Stopped and started again, a run
    goes on where it was.
    """

    dataset: Annotated[tuple[Dataset, ...], Parameter(group=WHAT)] = (
        "flite_frames",
        "flite_ctc",
    )
    """speech, synthetic or natural, and whether every frame has a phone or CTC finds
    them; or all"""

    seeds: Annotated[tuple[Natural, ...], Parameter(group=WHAT)] = (0, 1, 2, 3, 4)
    """whole numbers; everything is trained once with each"""

    units: Annotated[tuple[Unit, ...], Parameter(group=WHAT)] = get_args(Unit)
    """recurrent units"""

    directions: Annotated[tuple[Direction, ...], Parameter(group=WHAT)] = ("forward",)
    """forward, which can listen to what comes in, or both ways"""

    quick: Annotated[bool, Parameter(group=SIZE)] = False
    """one layer as large as 32 units, 2 epochs, minutes, nothing to conclude from"""

    full: Annotated[bool, Parameter(group=SIZE)] = False
    """60 epochs, both directions"""

    commands: ClassVar[Mapping[str, Callable[..., int]]] = {"listen": listen}

    def __post_init__(self) -> None:
        if ALL in self.dataset:
            object.__setattr__(self, "dataset", DATASETS)
        if self.full:
            object.__setattr__(self, "directions", get_args(Direction))
        super().__post_init__()

    @property
    def size(self) -> str:
        return "tang2016-quick" if self.quick else "tang2016"

    @property
    def layers(self) -> int:
        """Layers of a model."""
        return 1 if self.quick else 3

    @property
    def row(self) -> int:
        """Units of the LSTM as large as which all models are."""
        return 32 if self.quick else 128

    @property
    def most_epochs(self) -> int:
        """Epochs of a trial."""
        return self.epochs or (2 if self.quick else 60 if self.full else 25)


OPTIONS = Options
