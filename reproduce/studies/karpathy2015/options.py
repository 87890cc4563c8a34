"""What the study can be asked for on the command line."""

from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from cyclopts import Group, Parameter
from cyclopts.validators import mutually_exclusive

from reproduce import options
from reproduce.options import WHAT

Dataset = Literal[
    "war_and_peace", "war_and_peace_tail", "linux_kernel", "linux_kernel_tail", "all"
]
Protocol = Literal["paper", "ours"]
Unit = Literal["lstm", "gru", "tanh"]
Layers = Literal[1, 2, 3]
Row = Literal[64, 128, 256, 512]

ALL = "all"
DATASETS = tuple(name for name in get_args(Dataset) if name != ALL)
ROWS: tuple[Row, ...] = get_args(Row)

SIZE = Group("Size", sort_key=2, validator=mutually_exclusive)


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Options(options.Options):
    """Trains models of characters as Karpathy et al. 2015 did (arXiv:1506.02078).

    Without options 18 models of War and Peace: LSTM, GRU and tanh units, one to three
    layers, as large as an LSTM of 64 and of 128 units; some hours on two cores. Stopped
    and started again, a run goes on where it was.
    """

    dataset: Annotated[tuple[Dataset, ...], Parameter(group=WHAT)] = ("war_and_peace",)
    """texts, tested between the training text, as in the paper, or on their tails"""

    kernel: Annotated[bool, Parameter(group=WHAT)] = False
    """the Linux kernel as well"""

    protocol: Annotated[Protocol, Parameter(group=WHAT)] = "paper"
    """how models are trained: as in the paper, where 50 epochs are needed, or with
    larger steps that end at nothing, for few epochs"""

    units: Annotated[tuple[Unit, ...], Parameter(group=WHAT)] = get_args(Unit)
    """recurrent units"""

    layers: Annotated[tuple[Layers, ...] | None, Parameter(group=WHAT)] = None
    """numbers of layers, else 1 to 3, or 1 and 2 with --quick"""

    rows: Annotated[tuple[Row, ...] | None, Parameter(group=WHAT)] = None
    """rows of the paper's table by the units of their LSTM of one layer, else 64 and
    128, or those of the size asked for"""

    quick: Annotated[bool, Parameter(group=SIZE)] = False
    """row 64, two epochs, minutes, nothing to conclude from"""

    full: Annotated[bool, Parameter(group=SIZE)] = False
    """all rows and the paper's 50 epochs on both texts, days"""

    def __post_init__(self) -> None:
        if ALL in self.dataset:
            object.__setattr__(self, "dataset", DATASETS)
        elif self.kernel or self.full:
            more = (*self.dataset, "linux_kernel")
            object.__setattr__(self, "dataset", more)
        super().__post_init__()

    @property
    def size(self) -> str:
        parts = ["karpathy2015"]
        if self.protocol != "paper":
            parts.append(self.protocol)
        return "-".join([*parts, "quick"] if self.quick else parts)

    @property
    def table_rows(self) -> tuple[int, ...]:
        """Rows of the table to train."""
        if self.rows:
            return self.rows
        return ROWS[:1] if self.quick else ROWS if self.full else ROWS[:2]

    @property
    def depths(self) -> tuple[int, ...]:
        """Numbers of layers to train."""
        return self.layers or ((1, 2) if self.quick else get_args(Layers))

    @property
    def most_epochs(self) -> int:
        """Epochs of a trial."""
        return self.epochs or (2 if self.quick else 50 if self.full else 15)


OPTIONS = Options
