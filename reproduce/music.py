"""Polyphonic music as a task: every step from those before it."""

from pathlib import Path

from keras_gated.datasets import music
from keras_gated.layers import BernoulliHead
from keras_gated.losses import BernoulliNLL
from reproduce.task import SPLITS, Task


def load_music(dataset: str, encoding: str, data_dir: Path | None) -> Task:
    """Loads a set of piano rolls.

    Args:
        dataset: Its name.
        encoding: `"piano"` or `"paper"`.
        data_dir: Its folder, or `None` to look where the library looks.

    Raises:
        ValueError: If it cannot be had.
    """
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
