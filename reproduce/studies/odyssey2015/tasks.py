"""The stand-ins for TIMIT and IAM-OnDB as tasks."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_gated.datasets import SequenceBatches, handwriting, phones
from keras_gated.losses import NegativeLogLikelihood
from reproduce.studies.odyssey2015.errors import character_error, frame_error
from reproduce.studies.odyssey2015.losses import CTCNLL, CategoricalNLL

SPLITS = ("train", "valid", "test")

Array = np.ndarray[Any, Any]
Pairs = tuple[list[Array], list[Array]]


@dataclass(frozen=True, eq=False)
class Task:
    """A data set as a model meets it.

    Args:
        title: What it is, in words.
        stands_for: The data of the paper whose role it takes.
        splits: Inputs and targets, an array `(time, ...)` for each sequence.
        source: Where the sequences come from.
        fingerprint: SHA-256 of the data.
        loss: Makes the loss.
        error: Measures what is reported, from 0 on, on a split.
        error_name: What that is called.
        output_size: Logits of a step.
    """

    title: str
    stands_for: str
    splits: dict[str, Pairs]
    source: str
    fingerprint: str
    loss: Callable[..., NegativeLogLikelihood]
    error: Callable[[keras.Model, SequenceBatches], float]
    error_name: str
    output_size: int

    @property
    def input_size(self) -> int:
        """Entries of the input vector of a step."""
        return int(self.splits["train"][0][0].shape[1])

    def head(self) -> keras.layers.Layer:
        """Makes the output layer."""
        return keras.layers.Dense(self.output_size)


def phones_task(data_dir: Path | None = None, stack: int = 3, every: int = 3) -> Task:
    """The phone at every step of a sentence, in the role of TIMIT.

    Fewer sentences and steps than there are serve the budget of the study.

    Args:
        data_dir: Folder of the data, or `None` to look where the library looks.
        stack: Frames of 10 ms in a step.
        every: Of how many training sentences one is taken.
    """
    data = phones.load("flite", data_dir=data_dir)
    splits = {}
    for split in SPLITS:
        frames, labels = data.frames(split, stack=stack)
        splits[split] = (frames, [label[:, np.newaxis] for label in labels])
    inputs, targets = splits["train"]
    splits["train"] = (inputs[::every], targets[::every])
    return Task(
        title="phones of synthetic speech, by flite",
        stands_for="TIMIT",
        splits=splits,
        source=data.source,
        fingerprint=_fingerprint(data.fingerprint, stack, every),
        loss=CategoricalNLL,
        error=frame_error,
        error_name="frame error",
        output_size=len(data.phone_names),
    )


def words_task(
    data_dir: Path | None = None,
    words: Sequence[int] = (560, 120, 120),
    lengths: Sequence[int] = (3, 7),
    spacing: float = 20.0,
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
    splits = {}
    for split in SPLITS:
        offsets, labels = data.offsets(split)
        targets = [
            padded(label, len(steps))
            for steps, label in zip(offsets, labels, strict=True)
        ]
        splits[split] = (offsets, targets)
    return Task(
        title="words of handwritten letters, from Omniglot",
        stands_for="IAM-OnDB",
        splits=splits,
        source=data.source,
        fingerprint=data.fingerprint,
        loss=partial(CTCNLL, lengths[1]),
        error=character_error,
        error_name="character error",
        output_size=1 + len(data.letters),
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
