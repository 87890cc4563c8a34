"""The texts of the study as tasks."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from keras_gated.datasets import text
from keras_gated.datasets.text import TextDataset
from keras_gated.layers import SymbolHead
from keras_gated.losses import SymbolNLL
from reproduce.studies.karpathy2015.names import (
    DATASETS,
    ROWS_SPLIT,
    TAIL_SPLIT,
    split_of,
    text_of,
)
from reproduce.task import SPLITS, Array, Task
from reproduce.training.symbols import Windows


@dataclass(frozen=True, eq=False)
class TextTask(Task):
    """The next character of a text.

    Args:
        texts: The text, cut in each of the two ways.
        split: How it is cut for training.
    """

    texts: Mapping[str, TextDataset] = None  # type: ignore[assignment]
    split: str = ROWS_SPLIT

    @property
    def text(self) -> TextDataset:
        """The text as it is cut for training."""
        return self.texts[self.split]

    @property
    def input_size(self) -> int:
        """Number of symbols."""
        return len(self.text.vocabulary)

    def windows(self, split: str, window: int | None = None) -> Windows:
        """The windows of `"train"`, `"valid"` or `"test"`, as long as those of the text
        or of `window` steps."""
        return Windows(getattr(self.text, split), window or self.text.window)


@lru_cache(maxsize=len(DATASETS))
def load_task(dataset: str, encoding: str, data_dir: Path | None) -> TextTask:
    """Loads a text of the study.

    Raises:
        ValueError: If it cannot be had.
    """
    name = text_of(dataset)
    texts = {
        ROWS_SPLIT: text.load(name, split="rows", data_dir=data_dir),
        TAIL_SPLIT: text.load(name, split="tail", data_dir=data_dir),
    }
    return text_task(texts, split_of(dataset), DATASETS[dataset].stands_for)


def text_task(
    texts: Mapping[str, TextDataset], split: str, stands_for: str = ""
) -> TextTask:
    """The task of predicting a text.

    Args:
        texts: The text, cut in each way.
        split: How it is cut for training.
        stands_for: What it stands in for, if it is not the paper's.
    """
    chosen = texts[split]
    symbols = len(chosen.vocabulary)
    return TextTask(
        splits={name: _pairs(getattr(chosen, name)) for name in SPLITS},
        data="another version" if stands_for else "canonical",
        source=chosen.source,
        fingerprint=chosen.fingerprint,
        head=partial(SymbolHead, symbols),
        loss=SymbolNLL,
        output_size=symbols,
        texts=texts,
        split=split,
    )


def _pairs(streams: Array) -> Any:
    return list(streams[:, :-1]), list(streams[:, 1:])


def as_bytes(data: TextDataset, streams: Array) -> Array:
    """Streams of numbers as the bytes that they stand for."""
    return np.array(data.vocabulary.symbols, np.uint8)[streams]
