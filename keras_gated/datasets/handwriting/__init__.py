"""Words put together from letters that people drew, a stand-in for IAM-OnDB."""

from keras_gated.datasets.handwriting.dataset import HandwritingDataset, Word
from keras_gated.datasets.handwriting.loading import SOURCES, load

__all__ = ["SOURCES", "HandwritingDataset", "Word", "load"]
