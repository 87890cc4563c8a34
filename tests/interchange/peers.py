"""Layers with large random weights, and how outputs are compared."""

import keras
import numpy as np
import pytest

from keras_gated.layers import GRU, PeepholeLSTM, SimpleRNN
from tests.units import normal, randomise

FEATURES, SIZE = 3, 4

PLAIN_LSTM = (PeepholeLSTM, {"use_peepholes": False})
GRU_AFTER = (GRU, {"reset_after": True})
PLAIN = [
    pytest.param(*PLAIN_LSTM, id="lstm"),
    pytest.param(*GRU_AFTER, id="gru"),
    pytest.param(SimpleRNN, {}, id="tanh"),
]
"""Layers whose equations every framework has."""

UNLIKE = [
    pytest.param(PeepholeLSTM, {}, "peepholes", id="peepholes"),
    pytest.param(GRU, {}, "reset gate", id="reset before"),
    pytest.param(SimpleRNN, {"zoneout": 0.2}, "zoneout=0.2", id="zoneout"),
    pytest.param(
        PeepholeLSTM,
        {"use_peepholes": False, "activation": "relu"},
        "activation=tanh",
        id="relu",
    ),
    pytest.param(
        GRU,
        {"reset_after": True, "recurrent_activation": "hard_sigmoid"},
        "recurrent_activation=sigmoid",
        id="hard sigmoid",
    ),
]
"""Layers whose equations torch and flax lack, and what says so."""


def make(layer_class, **arguments):
    layer = layer_class(SIZE, return_sequences=True, **arguments)
    return randomise(layer, FEATURES)


def inputs(batch=2, time=6, seed=3):
    return normal(batch, time, FEATURES, seed=seed)


def outputs_of(model, x):
    return keras.ops.convert_to_numpy(model(x))


def assert_close(found, expected):
    """Relative to the largest number: a unit without bounds makes large ones."""
    atol = 1e-5 * np.max(np.abs(expected))
    np.testing.assert_allclose(found, expected, rtol=0, atol=atol)


def assert_same_weights(found, expected):
    assert type(found) is type(expected)
    for one, other in zip(found.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-6)
