"""The stand-ins for TIMIT and IAM-OnDB as tasks."""

import hashlib
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import keras
import numpy as np

from keras_gated.datasets import handwriting, phones
from reproduce.studies.odyssey2015.errors import character_error, frame_error
from reproduce.studies.odyssey2015.losses import CTCNLL, CategoricalNLL
from reproduce.task import SPLITS, Array, Pairs, Task

ERROR = "error"
"""The measure of both: the share of wrong steps, or of wrong letters."""


def phones_task(data_dir: Path | None = None, stack: int = 3, every: int = 6) -> Task:
    """The phone at every step of a sentence, in the role of TIMIT.

    Fewer sentences and steps than there are serve the budget of the study.

    Args:
        data_dir: Folder of the data, or `None` to look where the library looks.
        stack: Frames of 10 ms in a step.
        every: Of how many training sentences one is taken.
    """
    data = phones.load("flite", data_dir=data_dir)
    splits: dict[str, Pairs] = {}
    for split in SPLITS:
        frames, labels = data.frames(split, stack=stack)
        splits[split] = (frames, [label[:, np.newaxis] for label in labels])
    inputs, targets = splits["train"]
    splits["train"] = (inputs[::every], targets[::every])
    classes = len(data.phone_names)
    return Task(
        splits=splits,
        data="synthetic speech by flite",
        source=data.source,
        fingerprint=_fingerprint(data.fingerprint, stack, every),
        head=partial(keras.layers.Dense, classes),
        loss=CategoricalNLL,
        output_size=classes,
        measures={ERROR: frame_error},
    )


def words_task(
    data_dir: Path | None = None,
    words: Sequence[int] = (400, 100, 100),
    lengths: Sequence[int] = (3, 7),
    spacing: float = 26.0,
) -> Task:
    """The letters of a handwritten word, in the role of IAM-OnDB.

    Few words of few points serve the budget of the study.

    Args:
        data_dir: Folder of the data, or `None` to look where the library looks.
        words: Words in each split.
        lengths: Fewest and most letters of a word.
        spacing: Pixels from one point of a stroke to the next.
    """
    data = handwriting.load("omniglot", words, lengths, spacing, data_dir=data_dir)
    splits: dict[str, Pairs] = {}
    for split in SPLITS:
        offsets, labels = data.offsets(split)
        targets = [
            padded(label, len(steps))
            for steps, label in zip(offsets, labels, strict=True)
        ]
        splits[split] = (offsets, targets)
    classes = 1 + len(data.letters)
    return Task(
        splits=splits,
        data="words of letters from Omniglot",
        source=data.source,
        fingerprint=data.fingerprint,
        head=partial(keras.layers.Dense, classes),
        loss=partial(CTCNLL, lengths[1]),
        output_size=classes,
        measures={ERROR: character_error},
    )


def padded(label: Array, steps: int) -> Array:
    """A label as `CTCNLL` takes it, `(steps, 1)`.

    Raises:
        ValueError: If no path of so many steps reads as the label, which CTC gives the
            likelihood 0.
    """
    needed = len(label) + int((np.diff(label) == 0).sum())
    if needed > steps:
        raise ValueError(
            f"a label of {len(label)} letters needs {needed} steps, one for each and a "
            f"blank between equal neighbours. Received {steps} steps."
        )
    target = np.zeros((steps, 1), np.int32)
    target[: len(label), 0] = label
    return target


def _fingerprint(*parts: object) -> str:
    """SHA-256 of what the data are and how they were cut."""
    return hashlib.sha256(" ".join(map(str, parts)).encode()).hexdigest()
