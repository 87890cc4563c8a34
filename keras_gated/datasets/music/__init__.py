"""Polyphonic music: the sets of Boulanger-Lewandowski et al. (2012), and your own."""

from keras_gated.datasets.music._dataset import MusicDataset
from keras_gated.datasets.music._load import ENCODINGS, NAMES, load
from keras_gated.datasets.music._midi import read_midi, read_piano_roll

__all__ = [
    "ENCODINGS",
    "NAMES",
    "MusicDataset",
    "load",
    "read_midi",
    "read_piano_roll",
]
