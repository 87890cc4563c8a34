"""The beginning of a test sequence or of a file of one's own, to be continued."""

from fractions import Fraction
from pathlib import Path

from keras_gated.datasets import music
from keras_gated.datasets.music import ENCODINGS
from keras_gated.datasets.music._piano_roll import to_paper_columns
from keras_gated.generation._chain import Chain
from keras_gated.layers import MDNHead
from reproduce.studies.chung2014.data import load_task
from reproduce.studies.chung2014.generation.options import (
    RECORDING,
    WORDS,
    PromptChoice,
)
from reproduce.studies.chung2014.paper import SPEECH
from reproduce.task import Array

PIANO_KEYS = 88
EIGHTH = Fraction(1, 2)
BEATS = {"jsb_chorales": Fraction(1)}
"""Beats of a step, where it is not an eighth note."""

ADVICE = "Choose a prompt of the data that it was trained on."


def beats_of(dataset: str | None) -> Fraction:
    """The beats of a step of a data set."""
    return BEATS.get(dataset or "", EIGHTH)


def read_prompt_file(
    path: Path,
    steps: int,
    step: Fraction | None,
    chain: Chain,
    trained_on: str | None,
) -> Array:
    """Reads the beginning of a MIDI file.

    Args:
        path: The file.
        steps: Number of steps.
        step: Beats of a step; `None` for those of the model's data set.
        chain: The model.
        trained_on: Data set of the model, if known.

    Returns:
        `(steps, input_size)`.

    Raises:
        ValueError: If the model is none of music, nobody knows how long its steps
            are, or the file has other music than it takes, or less.
    """
    if isinstance(chain.head, MDNHead):
        raise ValueError(
            f"The model ends in MDNHead, which does not go with the music in {path}."
        )
    if step is None and trained_on is None:
        raise ValueError(
            "A model saved as .keras does not say how long its steps are. Give the "
            "beats of a step, such as --step 1 or --step 1/2."
        )
    roll = music.read_piano_roll(path, step or beats_of(trained_on))
    if steps > len(roll):
        raise ValueError(
            f"{path} has {len(roll)} steps, fewer than the {steps} that --prompt-steps "
            "asks for."
        )
    if chain.input_size == PIANO_KEYS:
        return roll[:steps]
    return to_paper_columns(roll[:steps], chain.input_size)


def load_prompt(
    choice: PromptChoice,
    steps: int,
    chain: Chain,
    trained_on: str | None,
    data_dir: Path | None,
) -> tuple[Array, str]:
    """Loads a prompt that a model takes, and the name of its data set.

    Args:
        choice: Which one.
        steps: Number of its steps.
        chain: The model.
        trained_on: Data set of the model, if known.
        data_dir: Folder of the data sets, or `None`.

    Returns:
        `(steps, input_size)`, and the name.

    Raises:
        ValueError: If there is no such sequence, it is shorter, or the model takes
            something else.
    """
    dataset = WORDS.get(choice.name, choice.name)
    if choice.name == RECORDING and trained_on in SPEECH:
        dataset = trained_on
    if isinstance(chain.head, MDNHead) != (dataset in SPEECH):
        raise ValueError(
            f"The model ends in {type(chain.head).__name__}, which does not go with a "
            f"prompt of {dataset}. {ADVICE}"
        )
    input_size = chain.input_size
    piano, paper = ENCODINGS
    encoding = piano if input_size == PIANO_KEYS else paper
    sequences, _ = load_task(dataset, encoding, data_dir).splits["test"]
    if choice.number > len(sequences):
        raise ValueError(
            f"There is no test sequence {choice.number} in {dataset}, which has "
            f"{len(sequences)}."
        )
    sequence = sequences[choice.number - 1]
    if sequence.shape[1] != input_size:
        raise ValueError(
            f"The model takes {input_size} numbers at a step, and {dataset} has "
            f"{sequence.shape[1]}. {ADVICE}"
        )
    if steps > len(sequence):
        raise ValueError(
            f"Test sequence {choice.number} of {dataset} has {len(sequence)} steps, "
            f"fewer than the {steps} that --prompt-steps asks for."
        )
    return sequence[:steps], dataset
