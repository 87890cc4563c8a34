"""What the command `generate` can be asked for."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from cyclopts import Group, Parameter, Token
from cyclopts.validators import Number

from reproduce.options import WHERE, Backend, Natural, Positive
from reproduce.studies.chung2014.paper import DATASETS

SILENCE = "silence"
RECORDING = "recording"
WORDS = {"chorale": "jsb_chorales", "tune": "nottingham", RECORDING: "speech_a"}
"""Words for a test sequence of a data set. A model of speech goes by its own."""

MODEL_FILES = (".keras", ".npz")
MIDI_FILES = (".mid", ".midi")

WHAT = Group("What to generate", sort_key=1)


class PretrainedChoice(NamedTuple):
    """A model that comes with the package.

    Args:
        dataset: Name of the data set that it was trained on.
        unit: Name of its recurrent unit.
    """

    dataset: str
    unit: str


class PromptChoice(NamedTuple):
    """Which prompt to continue.

    Args:
        name: `"silence"`, one of `WORDS`, the name of a data set or of a file.
        number: Which of the test sequences of that data set, from 1.
        file: The MIDI file, if it is one.
    """

    name: str
    number: int
    file: Path | None = None

    @property
    def is_silence(self) -> bool:
        return self.name == SILENCE


def read_prompt_choice(words: Sequence[str]) -> PromptChoice:
    """Reads the words after `--prompt`.

    Raises:
        ValueError: If they name no prompt.
    """
    name, *rest = words
    if Path(name).suffix.lower() in MIDI_FILES:
        return _midi_choice(Path(name), rest)
    known = (SILENCE, *WORDS, *DATASETS)
    if name not in known:
        raise ValueError(
            f"unknown prompt {name!r}, known are: {', '.join(known)}, or a "
            f"file {' or '.join(MIDI_FILES)}"
        )
    if name == SILENCE and rest:
        raise ValueError(f"{SILENCE} takes no number, but {' '.join(rest)} is given")
    number = rest[0] if rest else "1"
    if len(rest) > 1 or not number.isdecimal() or int(number) < 1:
        raise ValueError(
            f"the prompt {name} takes one whole number from 1 on, not {' '.join(rest)}"
        )
    return PromptChoice(name, int(number))


def _midi_choice(path: Path, rest: Sequence[str]) -> PromptChoice:
    if rest:
        raise ValueError(f"a file takes no number, but {' '.join(rest)} is given")
    if not path.is_file():
        raise ValueError(f"there is no MIDI file {path}")
    return PromptChoice(path.name, 1, path)


def read_model_choice(words: Sequence[str]) -> PretrainedChoice | Path:
    """Reads the words after `--model`.

    Raises:
        ValueError: If they name no model, or a file that is not there.
    """
    if len(words) == 2:
        return PretrainedChoice(*words)
    if len(words) > 2:
        raise ValueError(
            "a model is a file, or a data set and a unit, not the "
            f"{len(words)} words {' '.join(words)}"
        )
    path = Path(words[0])
    if path.suffix not in MODEL_FILES:
        raise ValueError(
            f"a model is a file {' or '.join(MODEL_FILES)}, or a data set and a unit, "
            f"which {path} is not"
        )
    if not path.is_file():
        raise ValueError(f"there is no model {path}")
    return path


def read_beats(words: Sequence[str]) -> Fraction:
    """Reads the word after `--step`.

    Raises:
        ValueError: If it is no positive number or fraction of beats.
    """
    (text,) = words
    try:
        number = Fraction(text)
    except (ValueError, ZeroDivisionError):
        number = Fraction(0)
    if number <= 0:
        raise ValueError(f"must be a positive number such as 1 or 1/2, but is {text}")
    return number


def _by(read: Callable[[Sequence[str]], Any]) -> Callable[[Any, Sequence[Token]], Any]:
    """What converts the words of an option, for cyclopts."""
    return lambda kind, tokens: read([token.value for token in tokens])


def _words(read: Callable[[Sequence[str]], Any], metavar: str) -> Parameter:
    """An option of one or more words that are read together."""
    return Parameter(
        group=WHAT,
        converter=_by(read),
        n_tokens=-1,
        accepts_keys=False,
        metavar=metavar,
    )


MODEL = PretrainedChoice("jsb_chorales", "gru")
PROMPT = PromptChoice(SILENCE, 1)


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Options:
    """Which model continues what, and how."""

    model: Annotated[
        PretrainedChoice | Path, _words(read_model_choice, "DATASET UNIT|FILE")
    ] = MODEL
    """a data set and a unit, for a trained model that comes with the package; or a
    file: a model saved as .keras, or the .npz of a trial in the folder weights/ of a
    sweep"""

    prompt: Annotated[
        PromptChoice,
        _words(read_prompt_choice, "NAME [N]"),
        Parameter(show_default=lambda choice: choice.name),
    ] = PROMPT
    """silence; or chorale, tune, recording or the name of a data set, and which of its
    test sequences, from 1; or a MIDI file"""

    step: Annotated[
        Fraction | None,
        Parameter(group=WHAT, converter=_by(read_beats), metavar="BEATS"),
    ] = None
    """beats of a step of music, such as 1 or 1/2, else as in the data set"""

    sample_rate: Annotated[Positive, Parameter(group=WHAT)] = 8000
    """samples per second of the speech that the model was trained on"""

    prompt_steps: Annotated[Positive, Parameter(group=WHAT)] = 16
    """steps at the beginning of that sequence that are given"""

    steps: Annotated[Positive, Parameter(group=WHAT)] = 64
    """steps to generate"""

    temperature: Annotated[
        float, Parameter(group=WHAT, validator=Number(gt=0, lt=math.inf))
    ] = 1.0
    """below 1 for what is likely, above 1 for surprises"""

    seed: Annotated[Natural, Parameter(group=WHAT)] = 0
    """another one draws other events"""

    backend: Annotated[Backend, Parameter(group=WHERE)] = "jax"
    """backend of Keras"""

    data_dir: Annotated[Path | None, Parameter(group=WHERE)] = None
    """folder of the data sets, else that in the variable KERAS_GATED_DATA, else they
    are downloaded once"""

    out: Annotated[Path, Parameter(group=WHERE)] = Path("results", "generated")
    """folder of the files continuation.mid, .wav and .png"""

    @property
    def folder(self) -> Path:
        """The output folder."""
        return self.out.absolute()
