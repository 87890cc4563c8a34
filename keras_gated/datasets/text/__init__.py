"""Texts as parallel streams of symbols."""

from keras_gated.datasets.text.dataset import TextDataset
from keras_gated.datasets.text.loading import NAMES, from_text, load
from keras_gated.datasets.text.vocabulary import Vocabulary

__all__ = ["NAMES", "TextDataset", "Vocabulary", "from_text", "load"]
