"""Layers: recurrent layers and their cells, density heads, weight noise."""

from keras_gated.layers.bernoulli_head import BernoulliHead
from keras_gated.layers.gru import GRU, GRUCell
from keras_gated.layers.lstm_variant import LSTM_VARIANTS, LSTMVariant
from keras_gated.layers.lstm_variant_cell import LSTMVariantCell
from keras_gated.layers.mdn_head import MDNHead
from keras_gated.layers.peephole_lstm import PeepholeLSTM, PeepholeLSTMCell
from keras_gated.layers.simple_rnn import SimpleRNN, SimpleRNNCell
from keras_gated.layers.weight_noise import WeightNoise

__all__ = [
    "GRU",
    "LSTM_VARIANTS",
    "BernoulliHead",
    "GRUCell",
    "LSTMVariant",
    "LSTMVariantCell",
    "MDNHead",
    "PeepholeLSTM",
    "PeepholeLSTMCell",
    "SimpleRNN",
    "SimpleRNNCell",
    "WeightNoise",
]
