"""Texts as parallel streams of symbols."""

from keras_gated.datasets.text.dataset import TextDataset
from keras_gated.datasets.text.loading import NAMES, from_text, load
from keras_gated.datasets.text.vocabulary import Vocabulary
from keras_gated.datasets.text.words import king_james_words, read_penn_treebank

__all__ = [
    "NAMES",
    "TextDataset",
    "Vocabulary",
    "from_text",
    "king_james_words",
    "load",
    "read_penn_treebank",
]
