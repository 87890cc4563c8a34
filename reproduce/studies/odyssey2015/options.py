"""What the study can be asked for on the command line."""

from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from cyclopts import Group, Parameter
from cyclopts.validators import mutually_exclusive

from reproduce import options
from reproduce.options import WHAT

Dataset = Literal["jsb_chorales", "flite_phones", "omniglot_words", "all"]
Variant = Literal["V", "NIG", "NFG", "NOG", "NIAF", "NOAF", "CIFG", "NP", "FGR"]

ALL = "all"
DATASETS = tuple(name for name in get_args(Dataset) if name != ALL)
VARIANTS: tuple[Variant, ...] = get_args(Variant)

SIZE = Group("Size", sort_key=2, validator=mutually_exclusive)


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Options(options.Options):
    """Searches the LSTM and eight variants as Greff et al. 2015 did (arXiv:1503.04069).

    Every variant is trained with the same settings, drawn at random. Without options 24
    of them on JSB Chorales, some hours on two cores; with more `--trials` a finished
    search goes on. Stopped and started again, a run goes on where it was.
    """

    dataset: Annotated[tuple[Dataset, ...], Parameter(group=WHAT)] = ("jsb_chorales",)
    """data sets: the paper's, and stand-ins for TIMIT and IAM-OnDB; or all"""

    variants: Annotated[tuple[Variant, ...], Parameter(group=WHAT)] = VARIANTS
    """variants of the LSTM; V is the one they vary"""

    quick: Annotated[bool, Parameter(group=SIZE)] = False
    """2 draws and 10 epochs at most, minutes, nothing to conclude from"""

    full: Annotated[bool, Parameter(group=SIZE)] = False
    """the paper's 200 draws"""

    def __post_init__(self) -> None:
        if ALL in self.dataset:
            object.__setattr__(self, "dataset", DATASETS)
        super().__post_init__()

    @property
    def size(self) -> str:
        return "odyssey2015-quick" if self.quick else "odyssey2015"

    @property
    def draws(self) -> int:
        """Settings to try with each variant."""
        return self.trials or (2 if self.quick else 200 if self.full else 24)


OPTIONS = Options
