"""Layers: recurrent layers and their cells, density heads, wrappers."""

from keras_gated.layers.adaptive_weight_noise import AdaptiveWeightNoise
from keras_gated.layers.bernoulli_head import BernoulliHead
from keras_gated.layers.drop_connect import DropConnect
from keras_gated.layers.gru import GRU, GRUCell
from keras_gated.layers.mdn_head import MDNHead
from keras_gated.layers.peephole_lstm import PeepholeLSTM, PeepholeLSTMCell
from keras_gated.layers.simple_rnn import SimpleRNN, SimpleRNNCell
from keras_gated.layers.weight_noise import WeightNoise
from keras_gated.layers.weight_normalization import WeightNormalization

__all__ = [
    "GRU",
    "AdaptiveWeightNoise",
    "BernoulliHead",
    "DropConnect",
    "GRUCell",
    "MDNHead",
    "PeepholeLSTM",
    "PeepholeLSTMCell",
    "SimpleRNN",
    "SimpleRNNCell",
    "WeightNoise",
    "WeightNormalization",
]
