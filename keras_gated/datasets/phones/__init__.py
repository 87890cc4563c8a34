"""Speech whose phones are known frame by frame, a stand-in for TIMIT."""

from keras_gated.datasets.phones.dataset import PhoneDataset, Utterance
from keras_gated.datasets.phones.loading import SOURCES, load

__all__ = ["SOURCES", "PhoneDataset", "Utterance", "load"]
