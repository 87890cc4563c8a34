"""Polyphonic music: the sets of Boulanger-Lewandowski et al. (2012), and your own."""

from keras_gated.datasets.music.dataset import MusicDataset
from keras_gated.datasets.music.loading import ENCODINGS, NAMES, load
from keras_gated.datasets.music.midi import read_midi, read_piano_roll

__all__ = [
    "ENCODINGS",
    "NAMES",
    "MusicDataset",
    "load",
    "read_midi",
    "read_piano_roll",
]
