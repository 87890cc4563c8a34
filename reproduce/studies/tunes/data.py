"""The collections of tunes as tasks."""

from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from itertools import chain
from pathlib import Path
from typing import Any, Literal, cast

from keras_gated.datasets import tunes
from keras_gated.datasets.text import Vocabulary
from keras_gated.datasets.tunes import Tune, TuneDataset
from keras_gated.layers import SymbolHead
from keras_gated.losses import SymbolNLL
from reproduce.studies.tunes.names import COLLECTIONS, DATASETS, TOKENS, VOCABULARIES
from reproduce.task import SPLITS, Task

Kind = Literal["tokens", "characters"]


@dataclass(frozen=True, eq=False, kw_only=True)
class TuneTask(Task):
    """The next symbol of a tune.

    Args:
        tunes: The tunes.
        vocabulary: The symbols of all splits.
    """

    tunes: TuneDataset
    vocabulary: Vocabulary

    @property
    def input_size(self) -> int:
        """Number of symbols."""
        return len(self.vocabulary)

    @property
    def longest(self) -> int:
        """Symbols of the longest training tune."""
        return max(len(targets) for targets in self.splits["train"][1])

    @cached_property
    def notes(self) -> dict[str, int]:
        """The number of written notes of each split."""
        return {
            split: sum(len(tune.notes(repeats=False)) for tune in self.of(split))
            for split in SPLITS
        }

    def of(self, split: str) -> list[Tune]:
        """The tunes of `"train"`, `"valid"` or `"test"`."""
        return cast(list[Tune], getattr(self.tunes, split))

    def in_vocabulary(self, kind: str) -> "TuneTask":
        """The same tunes in tokens or characters."""
        return self if kind == self.encoding else tune_task(self.tunes, kind)


def load_task(dataset: str, encoding: str, data_dir: Path | None) -> TuneTask:
    """Loads a data set of the study.

    Args:
        dataset: One of `names.DATASETS`.
        encoding: `"tokens"`, which `""` stands for, or `"characters"`.
        data_dir: Where the file of Nottingham is, or `None` to look as usual.

    Raises:
        ValueError: If it cannot be had.
    """
    return tune_task(_load(dataset, data_dir), encoding or TOKENS)


@lru_cache(maxsize=len(DATASETS))
def _load(dataset: str, data_dir: Path | None) -> TuneDataset:
    return tunes.load(COLLECTIONS[dataset], data_dir=data_dir)


@lru_cache(maxsize=len(DATASETS) * len(VOCABULARIES))
def tune_task(data: TuneDataset, kind: str) -> TuneTask:
    """The task of predicting tunes, symbol by symbol.

    A tune as characters is its tokens with a space between them, so that nats per tune
    are of the same tunes in both.

    Args:
        data: The tunes.
        kind: `"tokens"` or `"characters"`.

    Raises:
        ValueError: If a split has no tune, or the kind is unknown.
    """
    for split in SPLITS:
        if not getattr(data, split):
            refused = data.refusals
            example = f", the first at {refused[0]}" if refused else ""
            raise ValueError(
                f"A tune is needed to train on, one to choose by and one to test. "
                f"{data.source} has none for {split!r}; {len(refused)} were not "
                f"understood{example}."
            )
    texts = {
        split: [tunes.symbols(tune, cast(Kind, kind)) for tune in getattr(data, split)]
        for split in SPLITS
    }
    every: Any = [text for split in SPLITS for text in texts[split]]
    vocabulary = Vocabulary.of(
        "".join(every) if kind != TOKENS else list(chain.from_iterable(every))
    )
    symbols = len(vocabulary)
    return TuneTask(
        splits={split: _pairs(vocabulary, texts[split]) for split in SPLITS},
        data="canonical",
        source=data.source,
        fingerprint=data.fingerprint,
        encoding=kind,
        head=partial(SymbolHead, symbols),
        loss=SymbolNLL,
        output_size=symbols,
        tunes=data,
        vocabulary=vocabulary,
    )


def _pairs(vocabulary: Vocabulary, texts: list[Any]) -> Any:
    rows = [vocabulary.encode(text) for text in texts]
    return [row[:-1] for row in rows], [row[1:] for row in rows]
