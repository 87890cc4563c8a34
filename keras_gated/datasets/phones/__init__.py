"""Speech whose phones are known frame by frame, a stand-in for TIMIT."""

from keras_gated.datasets.phones.dataset import PhoneDataset, Utterance
from keras_gated.datasets.phones.feature_stream import LogMelStream
from keras_gated.datasets.phones.features import log_mel
from keras_gated.datasets.phones.loading import SOURCES, load
from keras_gated.datasets.phones.own_recordings import Recording, read_folder
from keras_gated.datasets.phones.synthesis import VOICES, synthesise
from keras_gated.datasets.phones.transcripts import decode, encode

__all__ = [
    "SOURCES",
    "VOICES",
    "LogMelStream",
    "PhoneDataset",
    "Recording",
    "Utterance",
    "decode",
    "encode",
    "load",
    "log_mel",
    "read_folder",
    "synthesise",
]
