"""What the study can be asked for on the command line."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, get_args

from cyclopts import Group, Parameter
from cyclopts.validators import Number, mutually_exclusive

from reproduce import options
from reproduce.options import HOW_LONG, WHAT, Positive
from reproduce.studies.tunes.examples import examples
from reproduce.studies.tunes.generate import generate
from reproduce.studies.tunes.publish import publish
from reproduce.studies.tunes.settings import settings

Dataset = Literal["nottingham", "oneill", "ryan", "aird", "collections"]
Vocabulary = Literal["tokens", "characters"]
Unit = Literal["lstm", "gru", "tanh"]

RATES = (1e-2, 3e-3, 2e-2)
"""Learning rates, the one in the middle first: all that a single trial has."""

SIZE = Group("Size", sort_key=3, validator=mutually_exclusive)


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Options(options.Options):
    """Trains models of folk tunes, and judges the tunes that they write.

    Without options LSTM, GRU and tanh networks of equal size on the tunes of
    Nottingham, as tokens and as characters, at three learning rates; some hours on one
    core. With more seeds the rate that is best with the first one is trained with the
    others. Stopped and started again, a run goes on where it was.
    """

    dataset: Annotated[tuple[Dataset, ...], Parameter(group=WHAT)] = ("nottingham",)
    """collections of tunes, or all four of them together"""

    vocabularies: Annotated[tuple[Vocabulary, ...], Parameter(group=WHAT)] = get_args(
        Vocabulary
    )
    """what a symbol is"""

    units: Annotated[tuple[Unit, ...], Parameter(group=WHAT)] = get_args(Unit)
    """recurrent units"""

    layers: Annotated[Positive | None, Parameter(group=WHAT)] = None
    """recurrent layers, else 2, or 3 with --full"""

    row: Annotated[Positive | None, Parameter(group=WHAT)] = None
    """units of each layer of the LSTM, which others are as large as, else 128, or 512
    with --full"""

    dropout: Annotated[float, Parameter(group=WHAT, validator=Number(gte=0, lt=1))] = (
        0.3
    )
    """share of the outputs of each layer that is dropped in training"""

    samples: Annotated[Positive | None, Parameter(group=HOW_LONG)] = None
    """tunes that each model writes, else 500, or 50 with --quick"""

    temperature: Annotated[
        float, Parameter(group=WHAT, validator=Number(gt=0, lt=math.inf))
    ] = 1.0
    """at which they are drawn: the lower, the more of them are well formed, and the
    more is copied from training tunes"""

    top_p: Annotated[float, Parameter(group=WHAT, validator=Number(gt=0, lte=1))] = 0.9
    """share of the probability that they are drawn from: likewise"""

    quick: Annotated[bool, Parameter(group=SIZE)] = False
    """32 units, one learning rate, three epochs, minutes, nothing to conclude from"""

    full: Annotated[bool, Parameter(group=SIZE)] = False
    """three layers of 512 units, as folk-rnn has, and 100 epochs, days"""

    commands: ClassVar[Mapping[str, Callable[..., int]]] = {
        "generate": generate,
        "publish": publish,
        "settings": settings,
        "examples": examples,
    }

    @property
    def size(self) -> str:
        return "tunes-quick" if self.quick else "tunes-full" if self.full else "tunes"

    @property
    def depth(self) -> int:
        """Recurrent layers."""
        return self.layers or (3 if self.full else 2)

    @property
    def lstm_units(self) -> int:
        """Units of each layer of the LSTM."""
        return self.row or (32 if self.quick else 512 if self.full else 128)

    @property
    def rates(self) -> tuple[float, ...]:
        """Learning rates that compete."""
        return RATES[: self.trials or (1 if self.quick else len(RATES))]

    @property
    def most_epochs(self) -> int:
        """Epochs of a trial."""
        return self.epochs or (3 if self.quick else 100 if self.full else 60)

    @property
    def count(self) -> int:
        """Tunes that each model writes."""
        return self.samples or (50 if self.quick else 500)


OPTIONS = Options
