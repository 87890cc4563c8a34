"""The beginning of a test sequence, to be continued."""

from pathlib import Path

from keras_gated.datasets.music import ENCODINGS
from keras_gated.generation.chain import Chain
from keras_gated.layers import MDNHead
from reproduce.data import Array, load_task
from reproduce.generation.options import RECORDING, WORDS, PromptChoice
from reproduce.studies.chung2014 import SPEECH

PIANO_KEYS = 88
ADVICE = "Choose a prompt of the data that it was trained on."


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
