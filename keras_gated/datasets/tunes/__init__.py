"""Folk tunes in ABC notation, as tokens, as music, and how to judge generated ones."""

from keras_gated.datasets.tunes._bars import Measure
from keras_gated.datasets.tunes._errors import AbcError
from keras_gated.datasets.tunes.dataset import TuneDataset
from keras_gated.datasets.tunes.families import count_duplicates, families
from keras_gated.datasets.tunes.loading import CORPORA, load
from keras_gated.datasets.tunes.reading import Reading, Refusal, parse_abc, read_abc
from keras_gated.datasets.tunes.tune import Note, Tune
from keras_gated.datasets.tunes.vocabulary import Vocabulary, text

__all__ = [
    "CORPORA",
    "AbcError",
    "Measure",
    "Note",
    "Reading",
    "Refusal",
    "Tune",
    "TuneDataset",
    "Vocabulary",
    "count_duplicates",
    "families",
    "load",
    "parse_abc",
    "read_abc",
    "text",
]
