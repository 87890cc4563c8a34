"""Folk tunes in ABC notation, as tokens, as music, and how to judge generated ones."""

from keras_gated.datasets.tunes.bars import Measure
from keras_gated.datasets.tunes.checking import Check, check_tune
from keras_gated.datasets.tunes.dataset import TuneDataset
from keras_gated.datasets.tunes.errors import AbcError
from keras_gated.datasets.tunes.families import count_duplicates, families
from keras_gated.datasets.tunes.form import (
    has_two_parts_of_eight,
    parts,
    self_similarity,
)
from keras_gated.datasets.tunes.loading import CORPORA, load
from keras_gated.datasets.tunes.novelty import copied_runs
from keras_gated.datasets.tunes.reading import Reading, Refusal, parse_abc, read_abc
from keras_gated.datasets.tunes.statistics import (
    Distance,
    compare_counts,
    count_degrees,
    count_intervals,
    count_pitches,
    jensen_shannon,
)
from keras_gated.datasets.tunes.symbols import first_tokens, symbols
from keras_gated.datasets.tunes.tune import Note, Tune

__all__ = [
    "CORPORA",
    "AbcError",
    "Check",
    "Distance",
    "Measure",
    "Note",
    "Reading",
    "Refusal",
    "Tune",
    "TuneDataset",
    "check_tune",
    "compare_counts",
    "copied_runs",
    "count_degrees",
    "count_duplicates",
    "count_intervals",
    "count_pitches",
    "families",
    "first_tokens",
    "has_two_parts_of_eight",
    "jensen_shannon",
    "load",
    "parse_abc",
    "parts",
    "read_abc",
    "self_similarity",
    "symbols",
]
