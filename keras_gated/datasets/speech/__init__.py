"""Raw speech, a stand-in for the Ubisoft sets of Chung et al. (2014)."""

from keras_gated.datasets.speech.dataset import SpeechDataset
from keras_gated.datasets.speech.loading import SOURCES, load

__all__ = ["SOURCES", "SpeechDataset", "load"]
