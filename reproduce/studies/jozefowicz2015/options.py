"""What the study can be asked for on the command line."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Literal, get_args

from cyclopts import Group, Parameter
from cyclopts.validators import Number, mutually_exclusive

from reproduce import options
from reproduce.options import HOW_LONG, WHAT, WHERE, Natural, Positive

Dataset = Literal[
    "arithmetic_1",
    "arithmetic_2",
    "arithmetic_3",
    "arithmetic_4",
    "arithmetic_5",
    "arithmetic_6",
    "arithmetic_7",
    "arithmetic_8",
    "xml",
    "memorization",
    "copying_100",
    "copying_500",
    "words",
    "nottingham",
    "piano_midi_de",
]
Row = Literal[
    "tanh",
    "lstm",
    "lstm_f",
    "lstm_i",
    "lstm_o",
    "lstm_b",
    "gru",
    "mut1",
    "mut2",
    "mut3",
    "lstm_b2",
    "lstm_chrono",
]
Share = Annotated[float, Parameter(validator=Number(gte=0, lt=1))]

DIAL_ROWS: tuple[Row, ...] = ("lstm", "lstm_b", "lstm_b2", "lstm_chrono")
TABLE_ROWS: tuple[Row, ...] = get_args(Row)[:10]
DEFAULT_SETS: tuple[Dataset, ...] = ("arithmetic_3", "xml")
DIAL_SETS: tuple[Dataset, ...] = ("arithmetic_3", "copying_100", "copying_500")
MUSIC_SETS: tuple[Dataset, ...] = ("nottingham", "piano_midi_de")
SEARCH_SETS: tuple[str, ...] = ("memorization", "arithmetic_2")

SIZE = Group("Size", sort_key=2, validator=mutually_exclusive)
WHICH = Group("Which part", sort_key=1, validator=mutually_exclusive)


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Options(options.Options):
    """Compares recurrent cells on arithmetic and XML as Jozefowicz et al. 2015 did.

    Without options the ten rows of the paper's table with 100,000 parameters each, at
    three learning rates, and at the best of them with three seeds; hours on two cores.
    Stopped and started again, a run goes on where it was.
    """

    dataset: Annotated[tuple[Dataset, ...], Parameter(group=WHAT)] = ()
    """tasks, else arithmetic_3 and xml, or those of the part that is asked for, or
    music with --dropout"""

    units: Annotated[tuple[Row, ...], Parameter(group=WHAT)] = ()
    """rows of the table, else all ten, or those of the part that is asked for"""

    seeds: Annotated[tuple[Natural, ...], Parameter(group=WHAT)] = (0, 1, 2)
    """whole numbers; rates are tried with the first, the others train at the best"""

    dial: Annotated[bool, Parameter(group=WHICH)] = False
    """the bias of the LSTM's forget gate: 0, 1, 2 and chrono, on long lags"""

    search: Annotated[Natural, Parameter(group=WHICH)] = 0
    """so many cells drawn by mutation, judged on memorisation and arithmetic_2"""

    ptb: Annotated[Path | None, Parameter(group=WHERE)] = None
    """folder with ptb.train.txt, ptb.valid.txt and ptb.test.txt: trains on these words
    and nothing else"""

    parameters: Annotated[Positive, Parameter(group=WHAT)] = 100_000
    """weights of each model, the head included, to the nearest unit"""

    dropout: Annotated[tuple[Share, ...], Parameter(group=WHAT)] = ()
    """shares of the recurrent layer's inputs and outputs that are left out on music,
    and nothing else; everything is trained with each, else with 0, with --full with
    0.2 too"""

    curriculum: Annotated[Share, Parameter(group=WHAT)] = 0.0
    """share of the training on arithmetic with shorter numbers"""

    updates: Annotated[Positive | None, Parameter(group=HOW_LONG)] = None
    """updates of each model, else those of the task; music counts --epochs"""

    window: Annotated[Positive | None, Parameter(group=HOW_LONG)] = None
    """steps of an update, else 25, of copying the whole string, of music about 100;
    the paper has 35"""

    quick: Annotated[bool, Parameter(group=SIZE)] = False
    """60 updates or two epochs, one rate and one seed: whether it runs"""

    full: Annotated[bool, Parameter(group=SIZE)] = False
    """more updates, four rates, and arithmetic_8, words and music too: days"""

    def __post_init__(self) -> None:
        self._set("dataset", tuple(self.dataset) or self._default_sets)
        self._set("units", self.units or (DIAL_ROWS if self.dial else TABLE_ROWS))
        if self.ptb is not None:
            self._set("data_dir", self.ptb)
        if self.quick:
            self._set("seeds", self.seeds[:1])
        if self.search:
            # What is searched has one seed: that of the search.
            self._set("seeds", self.seeds[:1])
        super().__post_init__()

    def _set(self, name: str, value: object) -> None:
        assert name in {field.name for field in fields(self)}
        object.__setattr__(self, name, value)

    @property
    def _default_sets(self) -> tuple[str, ...]:
        if self.ptb is not None:
            return ("penn_treebank",)
        if self.search:
            return SEARCH_SETS
        if self.dial:
            return DIAL_SETS
        if any(self.dropout):
            return MUSIC_SETS
        more = ("arithmetic_8", "words", *MUSIC_SETS) if self.full else ()
        return (*DEFAULT_SETS, *more)

    @property
    def size(self) -> str:
        part = "dial" if self.dial else "search" if self.search else ""
        sizes = ("quick",) if self.quick else ()
        return "-".join(["jozefowicz2015", *filter(None, (part, *sizes))])

    @property
    def rates(self) -> int:
        """Learning rates of each row, or settings of each cell of the search."""
        if self.trials:
            return self.trials
        if self.quick or self.dial:
            return 1
        return 5 if self.search else 4 if self.full else 3


OPTIONS = Options
