"""What the study can be asked for on the command line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, get_args

from cyclopts import Group, Parameter
from cyclopts.validators import Number, mutually_exclusive

from reproduce import options
from reproduce.options import HOW_LONG, INSTEAD, WHAT
from reproduce.studies.chung2014.examples import examples
from reproduce.studies.chung2014.generate import generate
from reproduce.studies.chung2014.paper import DATASETS, MUSIC, SPEECH
from reproduce.studies.chung2014.publish import publish

Protocol = Literal["paper", "code", "ours"]
Arm = Literal["table1", "total", "no_peepholes", "reset_after"]
Unit = Literal["lstm", "gru", "tanh"]
DatasetOrGroup = Literal[
    "jsb_chorales",
    "nottingham",
    "musedata",
    "piano_midi_de",
    "speech_a",
    "speech_b",
    "music",
    "speech",
    "all",
]

ARMS: dict[Arm, tuple[Unit, ...]] = {
    "table1": ("lstm", "gru", "tanh"),
    "total": ("gru", "tanh"),
    "no_peepholes": ("lstm",),
    "reset_after": ("gru",),
}
"""Which units take part in each comparison.

`table1` has the paper's models, equal in the parameters of the recurrent layer;
`total` makes the others as large as the LSTM with the head counted; the last two
change one thing about a unit.
"""

STUDIED = Group("Instead of a protocol", sort_key=2, validator=mutually_exclusive)

GROUPS: dict[str, tuple[str, ...]] = {
    "music": MUSIC,
    "speech": SPEECH,
    "all": DATASETS,
}


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Options(options.Options):
    """Reproduces Chung et al. 2014 (arXiv:1412.3555).

    Trains parameter-matched LSTM, GRU and tanh networks on polyphonic music and raw
    speech, and compares. Without options a short version on JSB Chorales; the whole
    study is `--full --dataset all`. Stopped and started again, a run goes on where it
    was.
    """

    dataset: Annotated[tuple[DatasetOrGroup, ...], Parameter(group=WHAT)] = (
        "jsb_chorales",
    )
    """data sets; or music, speech, all"""

    units: Annotated[tuple[Unit, ...], Parameter(group=WHAT)] = get_args(Unit)
    """recurrent units"""

    protocol: Annotated[tuple[Protocol, ...], Parameter(group=WHAT)] = ("paper",)
    """how to train: by the paper's text, by its authors' released code, or by what we
    found trains best"""

    arms: Annotated[tuple[Arm, ...], Parameter(group=WHAT)] = ("table1",)
    """the models of table 1; models equal with their heads counted; the LSTM without
    peepholes; the GRU that resets after the product"""

    encoding: Annotated[Literal["piano", "paper"], Parameter(group=WHAT)] = "piano"
    """inputs of 88 keys, or of the paper's 93 to 108 pitches"""

    full: Annotated[bool, Parameter(group=HOW_LONG)] = False
    """all learning rates and epochs of the protocol; else the 3 largest rates, 300
    epochs and a patience of 30 at most"""

    search: Annotated[int, Parameter(group=STUDIED, validator=Number(gte=0))] = 0
    """search for how each unit is trained best: so many trials for each, of which the
    later ones learn from those before"""

    prune: Annotated[bool, Parameter(group=HOW_LONG)] = False
    """end trials of a search that after a third of their epochs are worse than half of
    those in the rounds before"""

    penalties: Annotated[bool, Parameter(group=STUDIED)] = False
    """compare penalties on the weights, L2 and decoupled decay, at four rates"""

    table1: Annotated[bool, Parameter(group=INSTEAD)] = False
    """print the sizes of the models"""

    is_default: ClassVar[bool] = True

    commands: ClassVar[Mapping[str, Callable[..., int]]] = {
        "generate": generate,
        "publish": publish,
        "examples": examples,
    }

    def __post_init__(self) -> None:
        names = [n for name in self.dataset for n in GROUPS.get(name, (name,))]
        object.__setattr__(self, "dataset", tuple(names))
        super().__post_init__()

    @property
    def size(self) -> str:
        if self.search:
            return "search"
        if self.penalties:
            return "penalties"
        return "full" if self.full else "quick"


OPTIONS = Options
