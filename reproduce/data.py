"""The data of the study as tasks: sequences of inputs and targets, head and loss."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from keras_gated.datasets import music, speech
from keras_gated.layers import BernoulliHead, MDNHead
from keras_gated.losses import BernoulliNLL, MixtureNLL, NegativeLogLikelihood
from reproduce.studies.chung2014 import (
    SAMPLES_IN,
    SAMPLES_OUT,
    SPEECH,
    SPEECH_COMPONENTS,
)
from reproduce.studies.plan import Material

SPLITS = ("train", "valid", "test")

Array = np.ndarray[Any, Any]
Pairs = tuple[list[Array], list[Array]]

SPEECH_SOURCES = {
    "speech_a": ("fsdd", "Free Spoken Digit Dataset", 7230, 500),
    "speech_b": ("asterisk", "Asterisk prompts", 800, 8000),
}
"""Source, its title, sequences and samples in each: the shapes of Ubisoft's sets."""


@dataclass(frozen=True, eq=False)
class Task:
    """A data set as a model meets it.

    Args:
        splits: Inputs and targets, an array `(time, ...)` for each sequence.
        data: `"canonical"` for the paper's data, or what stands in for it.
        source: Where the sequences come from.
        fingerprint: SHA-256 of the data.
        encoding: How pitches became entries of a vector; `""` for speech.
        head: Makes the output layer.
        loss: Makes the loss that goes with it.
        output_size: Numbers that the head puts out for a step.
    """

    splits: dict[str, Pairs]
    data: str
    source: str
    fingerprint: str
    encoding: str
    head: Callable[[], Any]
    loss: Callable[..., NegativeLogLikelihood]
    output_size: int

    @property
    def input_size(self) -> int:
        """Entries of the input vector of a step."""
        return int(self.splits["train"][0][0].shape[1])

    @property
    def material(self) -> Material:
        """What a plan has to know."""
        return Material(
            self.data,
            self.fingerprint,
            self.encoding,
            self.input_size,
            self.output_size,
        )


@lru_cache(maxsize=len(SPEECH_SOURCES))
def load_task(dataset: str, encoding: str, data_dir: Path | None) -> Task:
    """Loads a data set of the study.

    Args:
        dataset: Its name.
        encoding: `"piano"` or `"paper"`, for music.
        data_dir: Its folder, or `None` to look where the library looks.

    Raises:
        ValueError: If it cannot be had.
    """
    if dataset in SPEECH:
        return _speech_task(dataset, data_dir)
    return music_task(music.load(dataset, data_dir, encoding=encoding))


def music_task(data: music.MusicDataset) -> Task:
    """The task to predict every step of a piano roll from those before it."""
    return Task(
        splits={
            split: (
                [roll[:-1] for roll in getattr(data, split)],
                [roll[1:] for roll in getattr(data, split)],
            )
            for split in SPLITS
        },
        data="canonical",
        source=data.source,
        fingerprint=data.fingerprint,
        encoding=data.encoding,
        head=lambda: BernoulliHead(data.dims),
        loss=BernoulliNLL,
        output_size=data.dims,
    )


def _speech_task(dataset: str, data_dir: Path | None) -> Task:
    source, title, sequences, length = SPEECH_SOURCES[dataset]
    data = speech.load(source, sequences, length, data_dir=data_dir)
    return Task(
        splits={split: data.frames(split, SAMPLES_IN, SAMPLES_OUT) for split in SPLITS},
        data=title,
        source=data.source,
        fingerprint=data.fingerprint,
        encoding="",
        head=lambda: MDNHead(SPEECH_COMPONENTS, SAMPLES_OUT),
        loss=lambda **arguments: MixtureNLL(SPEECH_COMPONENTS, **arguments),
        output_size=SPEECH_COMPONENTS * (1 + 2 * SAMPLES_OUT),
    )
