"""The command line of `reproduce/generate.py`."""

import argparse
import math
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from reproduce.command import Help
from reproduce.options import BACKENDS, add_data_dir, at_least
from reproduce.studies.chung2014 import DATASETS

SILENCE = "silence"
RECORDING = "recording"
WORDS = {"chorale": "jsb_chorales", "tune": "nottingham", RECORDING: "speech_a"}
"""Words for a test sequence of a data set. A model of speech goes by its own."""

MODEL_FILES = (".keras", ".npz")
MIDI_FILES = (".mid", ".midi")


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


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Reads the options and checks what can be checked without a data set."""
    parser = argparse.ArgumentParser(
        description="Lets a trained model continue music or speech.",
        formatter_class=Help,
    )
    _add_what(parser.add_argument_group("what to generate"))
    _add_where(parser.add_argument_group("where"))
    options = parser.parse_args(arguments)
    try:
        options.prompt = read_prompt_choice(options.prompt)
        options.model = read_model_choice(options.model)
    except ValueError as error:
        parser.error(str(error))
    options.out = options.out.absolute()
    return options


def _add_what(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--model",
        nargs="+",
        metavar=("FILE", "UNIT"),
        default=["jsb_chorales", "gru"],
        help="a data set and a unit, for a trained model that comes with the package; "
        "or a file: a model saved as .keras, or the .npz of a trial in the folder "
        "weights/ of a sweep",
    )
    group.add_argument(
        "--prompt",
        nargs="+",
        metavar=("NAME", "N"),
        default=[SILENCE],
        help=f"{SILENCE}; or {', '.join(WORDS)} or the name of a data set, and which "
        "of its test sequences, from 1; or a MIDI file",
    )
    group.add_argument(
        "--step",
        type=beats,
        help="beats of a step of music, such as 1 or 1/2, else as in the data set",
    )
    group.add_argument(
        "--sample-rate",
        type=at_least(1),
        default=8000,
        help="samples per second of the speech that the model was trained on",
    )
    group.add_argument(
        "--prompt-steps",
        type=at_least(1),
        default=16,
        help="steps at the beginning of that sequence that are given",
    )
    group.add_argument(
        "--steps", type=at_least(1), default=64, help="steps to generate"
    )
    group.add_argument(
        "--temperature",
        type=positive,
        default=1.0,
        help="below 1 for what is likely, above 1 for surprises",
    )
    group.add_argument(
        "--seed", type=at_least(0), default=0, help="another one draws other events"
    )


def _add_where(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--backend", choices=BACKENDS, default="jax", help="backend of Keras"
    )
    add_data_dir(group)
    group.add_argument(
        "--out",
        type=Path,
        default=Path("results") / "generated",
        help="folder of the files continuation.mid, .wav and .png",
    )


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


def beats(text: str) -> Fraction:
    """A reader of numbers and fractions of beats for `argparse`."""
    try:
        number = Fraction(text)
    except (ValueError, ZeroDivisionError):
        number = Fraction(0)
    if number <= 0:
        raise argparse.ArgumentTypeError(
            f"must be a positive number such as 1 or 1/2, but is {text}"
        )
    return number


def positive(text: str) -> float:
    """A reader of positive numbers for `argparse`."""
    number = float(text)
    if not (math.isfinite(number) and number > 0):
        raise argparse.ArgumentTypeError(f"must be positive, but is {text}")
    return number


positive.__name__ = "number"
