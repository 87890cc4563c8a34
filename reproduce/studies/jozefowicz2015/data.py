"""The tasks of the study as the engine takes them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_gated.callbacks import ResetStates
from keras_gated.datasets import synthetic, text
from keras_gated.datasets.text import TextDataset
from keras_gated.layers import SymbolHead
from keras_gated.losses import SymbolNLL
from reproduce.music import load_music
from reproduce.studies.jozefowicz2015.names import (
    ARITHMETIC,
    COPYING,
    DATASETS,
    MEMORIZATION,
    MUSIC,
    PENN_TREEBANK,
    WORDS,
)
from reproduce.task import Array, Task
from reproduce.training.symbols import Windows

BATCH = 20
"""Streams, or parts of pieces, side by side, as in the paper."""

PIANO = "piano"
"""The encoding of music: 88 keys."""

WINDOW = 100
"""Steps of the windows in which is measured."""

HELD = ("valid", "test")

HELD_OUT, HELD_OUT_STRINGS = 50, 10
"""Windows of what is held out, and strings that are copied."""

OF_MEMORIZATION = 60
"""Steps of an update on memorisation, five strings."""

COPIED = 5
"""Symbols that are to be copied."""

DrawTrain = Callable[[int, int, int, float], Array]
"""Seed, window, windows and curriculum to the streams of training."""


@dataclass(frozen=True, eq=False)
class StreamTask(Task):
    """The next symbol of parallel streams.

    Args:
        held_out: `(streams, steps + 1)` of `"valid"` and `"test"`.
        known: Which of these steps can be known; nothing where nobody can tell.
        ceiling: The accuracies of whoever knows the rules on each split.
        draw_train: The streams of training.
        window: Steps of the windows in which is measured.
        is_words: Whether symbols are as many as words are, and are embedded.
    """

    held_out: Mapping[str, Array] = field(default_factory=dict)
    known: Mapping[str, Array] = field(default_factory=dict)
    ceiling: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    draw_train: DrawTrain = None  # type: ignore[assignment]
    window: int = WINDOW
    is_words: bool = False

    @property
    def input_size(self) -> int:
        """Number of symbols."""
        return self.output_size


class Stretches(keras.utils.PyDataset):
    """Streams that are read once, a stretch of windows in each epoch.

    Args:
        streams: `(streams, steps + 1)`.
        window: Steps of a window.
        epochs: How many there are; what does not divide is left out.
    """

    def __init__(self, streams: Array, window: int, epochs: int) -> None:
        super().__init__()
        self._streams, self._window = streams, window
        self._windows = (streams.shape[1] - 1) // window // epochs
        self.epoch = 0

    @property
    def epoch(self) -> int:
        """The epoch whose stretch is served, counted from 0; may be set."""
        return self._epoch

    @epoch.setter
    def epoch(self, epoch: int) -> None:
        self._epoch = epoch
        steps = self._windows * self._window
        whole = self._streams[:, epoch * steps : (epoch + 1) * steps + 1]
        # Behind the last epoch there is nothing, and nobody asks.
        streams = whole if whole.shape[1] > 1 else self._streams[:, : steps + 1]
        self._stretch = Windows(list(streams), self._window)

    @property
    def batch_size(self) -> int:
        """The number of streams."""
        return self._stretch.batch_size

    @property
    def inputs(self) -> list[Array]:
        """The streams of the stretch."""
        return self._stretch.inputs

    targets = inputs

    @property
    def dtype(self) -> Any:
        """That of the symbols."""
        return self._stretch.dtype

    @property
    def padded_lengths(self) -> tuple[int, ...]:
        """The only length there is."""
        return self._stretch.padded_lengths

    def epoch_callback(self) -> keras.callbacks.Callback:
        """What is to happen before each epoch."""
        return _NextStretch(self)

    def on_epoch_begin(self) -> None:
        """Windows come in order."""
        self._stretch.on_epoch_begin()

    def on_epoch_end(self) -> None:
        """Goes on to the next stretch."""
        self.epoch += 1

    def __len__(self) -> int:
        return self._windows

    def __getitem__(self, index: int) -> tuple[Array, Array, Array]:
        return self._stretch[index]


class _NextStretch(ResetStates):
    """Goes to the stretch of the epoch, and has states start anew."""

    def __init__(self, stretches: Stretches) -> None:
        super().__init__()
        self._stretches = stretches

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._stretches.epoch = epoch
        super().on_epoch_begin(epoch, logs)


@lru_cache(maxsize=len(DATASETS))
def load_task(dataset: str, encoding: str, data_dir: Path | None) -> Task:
    """The task of a name: streams, or music as a piano has it.

    Raises:
        ValueError: If its data cannot be had.
    """
    if dataset in MUSIC:
        return load_music(dataset, encoding or PIANO, data_dir)
    if dataset == WORDS:
        words = text.king_james_words(rows=BATCH, window=WINDOW, data_dir=data_dir)
        return word_task(words, "another text")
    if dataset == PENN_TREEBANK:
        assert data_dir is not None
        found = text.read_penn_treebank(data_dir, rows=BATCH, window=WINDOW)
        return word_task(found, "canonical")
    return drawn_task(dataset)


def drawn(dataset: str, window: int, curriculum: float, **size: int) -> Any:
    """The data set of a task that is drawn; copying has its own window."""
    if dataset.startswith(ARITHMETIC):
        digits = int(dataset.removeprefix(ARITHMETIC))
        return synthetic.arithmetic(digits, curriculum, window=window, **size)
    if dataset.startswith(COPYING):
        lag = int(dataset.removeprefix(COPYING))
        return synthetic.copying(lag, COPIED, **size)
    make = synthetic.memorization if dataset == MEMORIZATION else synthetic.xml
    return make(window=window, **size)


def drawn_task(dataset: str) -> StreamTask:
    """The task of a data set that is drawn.

    Its training streams have the seed of the trial, what is held out always the same.
    """
    held_out = HELD_OUT_STRINGS if dataset.startswith(COPYING) else HELD_OUT
    window = OF_MEMORIZATION if dataset == MEMORIZATION else WINDOW
    size = {"rows": BATCH, "windows": 1}
    data = drawn(dataset, window, 0.0, seed=0, held_out=held_out, **size)

    # All rows of a seed learn from the same streams, which take time to draw.
    @lru_cache(maxsize=1)
    def draw(seed: int, window: int, windows: int, curriculum: float) -> Array:
        # Of seed 0 are the splits that are held out.
        size = {"rows": BATCH, "windows": windows, "held_out": 1}
        streams: Array = drawn(dataset, window, curriculum, seed=seed + 1, **size).train
        return streams

    symbols = len(data.vocabulary)
    return StreamTask(
        splits={},
        data="smaller" if DATASETS[dataset].stands_for else "canonical",
        source="drawn from the seed",
        fingerprint=data.fingerprint,
        head=partial(SymbolHead, symbols),
        loss=SymbolNLL,
        output_size=symbols,
        held_out={split: getattr(data, split) for split in HELD},
        known={split: data.known[split] for split in HELD},
        ceiling={split: data.ceiling(split) for split in HELD},
        draw_train=draw,
        window=data.window,
    )


def word_task(words: TextDataset, data: str) -> StreamTask:
    """The task of the next word. Its training text is read again and again."""
    symbols = len(words.vocabulary)

    def draw(seed: int, window: int, windows: int, curriculum: float) -> Array:
        steps = window * windows
        places = np.arange(steps + 1) % (words.train.shape[1] - 1)
        return words.train[:, places]

    return StreamTask(
        splits={},
        data=data,
        source=words.source,
        fingerprint=words.fingerprint,
        head=partial(SymbolHead, symbols),
        loss=SymbolNLL,
        output_size=symbols,
        held_out={split: getattr(words, split) for split in HELD},
        draw_train=draw,
        is_words=True,
    )
