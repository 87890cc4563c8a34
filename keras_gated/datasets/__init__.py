"""Data sets of the studies, and batches of sequences for `fit` and `evaluate`."""

from keras_gated.datasets import handwriting, music, phones, speech, tunes
from keras_gated.datasets.batches import SequenceBatches
from keras_gated.datasets.files import DatasetNotFoundError

__all__ = [
    "DatasetNotFoundError",
    "SequenceBatches",
    "handwriting",
    "music",
    "phones",
    "speech",
    "tunes",
]
