"""From what a model says of every frame to a sequence of symbols."""

from keras_gated.decoding.beam_search import beam_search
from keras_gated.decoding.collapse import collapse
from keras_gated.decoding.decoded import Decoded
from keras_gated.decoding.edit_distance import edit_distance
from keras_gated.decoding.greedy_search import GreedyStream, greedy_search

__all__ = [
    "Decoded",
    "GreedyStream",
    "beam_search",
    "collapse",
    "edit_distance",
    "greedy_search",
]
