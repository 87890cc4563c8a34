"""Raw speech, a stand-in for the Ubisoft sets of Chung et al. (2014)."""

from keras_gated.datasets.speech.dataset import SpeechDataset
from keras_gated.datasets.speech.loading import SOURCES, load
from keras_gated.datasets.speech.recordings import load_recordings
from keras_gated.datasets.speech.wav_files import read_wav

__all__ = ["SOURCES", "SpeechDataset", "load", "load_recordings", "read_wav"]
