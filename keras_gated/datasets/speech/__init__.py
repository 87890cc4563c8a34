"""Raw speech, a stand-in for the Ubisoft sets of Chung et al. (2014)."""

from keras_gated.datasets.speech._dataset import SpeechDataset
from keras_gated.datasets.speech._load import SOURCES, load

__all__ = ["SOURCES", "SpeechDataset", "load"]
