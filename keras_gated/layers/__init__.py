"""Layers: recurrent layers and their cells, density heads, wrappers."""

from keras_gated.layers.adaptive_weight_noise import AdaptiveWeightNoise
from keras_gated.layers.bernoulli_head import BernoulliHead
from keras_gated.layers.drop_connect import DropConnect
from keras_gated.layers.graph_cell import GraphCell
from keras_gated.layers.graph_rnn import GraphRNN
from keras_gated.layers.gru import GRU, GRUCell
from keras_gated.layers.janet import JANET, JANETCell
from keras_gated.layers.kernel_wrapper import inference_layer
from keras_gated.layers.layer_norm_gru import LayerNormGRU, LayerNormGRUCell
from keras_gated.layers.layer_norm_lstm import LayerNormLSTM, LayerNormLSTMCell
from keras_gated.layers.lstm_variant import LSTM_VARIANTS, LSTMVariant
from keras_gated.layers.lstm_variant_cell import LSTMVariantCell
from keras_gated.layers.mdn_head import MDNHead
from keras_gated.layers.mgu import MGU, MGUCell
from keras_gated.layers.mut1 import MUT1, MUT1Cell
from keras_gated.layers.mut2 import MUT2, MUT2Cell
from keras_gated.layers.mut3 import MUT3, MUT3Cell
from keras_gated.layers.one_hot import OneHot
from keras_gated.layers.peephole_lstm import PeepholeLSTM, PeepholeLSTMCell
from keras_gated.layers.recurrent_cell import RecurrentCell
from keras_gated.layers.recurrent_layer import RecurrentLayer
from keras_gated.layers.simple_rnn import SimpleRNN, SimpleRNNCell
from keras_gated.layers.symbol_head import SymbolHead
from keras_gated.layers.weight_compression import WeightCompression
from keras_gated.layers.weight_noise import WeightNoise
from keras_gated.layers.weight_normalization import WeightNormalization

__all__ = [
    "GRU",
    "JANET",
    "LSTM_VARIANTS",
    "MGU",
    "MUT1",
    "MUT2",
    "MUT3",
    "AdaptiveWeightNoise",
    "BernoulliHead",
    "DropConnect",
    "GRUCell",
    "GraphCell",
    "GraphRNN",
    "JANETCell",
    "LSTMVariant",
    "LSTMVariantCell",
    "LayerNormGRU",
    "LayerNormGRUCell",
    "LayerNormLSTM",
    "LayerNormLSTMCell",
    "MDNHead",
    "MGUCell",
    "MUT1Cell",
    "MUT2Cell",
    "MUT3Cell",
    "OneHot",
    "PeepholeLSTM",
    "PeepholeLSTMCell",
    "RecurrentCell",
    "RecurrentLayer",
    "SimpleRNN",
    "SimpleRNNCell",
    "SymbolHead",
    "WeightCompression",
    "WeightNoise",
    "WeightNormalization",
    "inference_layer",
]
