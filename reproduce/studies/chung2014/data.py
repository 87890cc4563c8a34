"""The data of the study as tasks."""

from functools import lru_cache
from pathlib import Path

from keras_gated.datasets import speech
from keras_gated.layers import MDNHead
from keras_gated.losses import MixtureNLL
from reproduce.music import load_music
from reproduce.studies.chung2014.paper import (
    SAMPLES_IN,
    SAMPLES_OUT,
    SPEECH,
    SPEECH_COMPONENTS,
)
from reproduce.task import SPLITS, Task

SPEECH_SOURCES = {
    "speech_a": ("fsdd", "Free Spoken Digit Dataset", 7230, 500),
    "speech_b": ("asterisk", "Asterisk prompts", 800, 8000),
}
"""Source, its title, sequences and samples in each: the shapes of Ubisoft's sets."""


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
    return load_music(dataset, encoding, data_dir)


def _speech_task(dataset: str, data_dir: Path | None) -> Task:
    source, title, sequences, length = SPEECH_SOURCES[dataset]
    data = speech.load(source, sequences, length, data_dir=data_dir)
    return Task(
        splits={split: data.frames(split, SAMPLES_IN, SAMPLES_OUT) for split in SPLITS},
        data=title,
        source=data.source,
        fingerprint=data.fingerprint,
        head=lambda: MDNHead(SPEECH_COMPONENTS, SAMPLES_OUT),
        loss=lambda **arguments: MixtureNLL(SPEECH_COMPONENTS, **arguments),
        output_size=SPEECH_COMPONENTS * (1 + 2 * SAMPLES_OUT),
    )
