"""Data sets of the studies, and batches of sequences for `fit` and `evaluate`."""

from keras_gated.datasets import (
    handwriting,
    music,
    phones,
    speech,
    synthetic,
    text,
    tunes,
)
from keras_gated.datasets.batches import SequenceBatches
from keras_gated.datasets.files import DatasetNotFoundError
from keras_gated.datasets.stream_batches import StreamBatches

__all__ = [
    "DatasetNotFoundError",
    "SequenceBatches",
    "StreamBatches",
    "handwriting",
    "music",
    "phones",
    "speech",
    "synthetic",
    "text",
    "tunes",
]
