"""The polyphonic-music data sets of Boulanger-Lewandowski et al. (2012)."""

from keras_gated.datasets.music._load import ENCODINGS, NAMES, MusicDataset, load

__all__ = ["ENCODINGS", "NAMES", "MusicDataset", "load"]
