"""Weights from and to `keras.layers` give the same outputs, with all arguments."""

import keras
import pytest

from keras_gated.interchange import from_keras, to_keras
from keras_gated.layers import GRU, PeepholeLSTM, SimpleRNN, WeightNoise
from tests.interchange.peers import (
    FEATURES,
    assert_close,
    assert_same_weights,
    inputs,
    make,
    outputs_of,
)
from tests.units import randomise

THEIRS = [
    (keras.layers.LSTM, {}),
    (keras.layers.LSTM, {"use_bias": False, "recurrent_activation": "hard_sigmoid"}),
    (keras.layers.GRU, {}),
    (keras.layers.GRU, {"reset_after": False, "go_backwards": True}),
    (keras.layers.SimpleRNN, {"activation": "relu"}),
]


@pytest.mark.parametrize(("layer_class", "arguments"), THEIRS)
def test_there_and_back(layer_class, arguments):
    theirs = make(layer_class, **arguments)
    ours = from_keras(theirs)
    assert ours.return_sequences
    assert_close(outputs_of(ours, inputs()), outputs_of(theirs, inputs()))
    back = to_keras(ours)
    assert_same_weights(back, theirs)
    assert back.get_config() == theirs.get_config()
    assert_close(outputs_of(back, inputs()), outputs_of(theirs, inputs()))


def test_to_keras_takes_noisy_layers_and_checkpoints():
    layer = randomise(GRU(4, checkpoint_steps=2), FEATURES)
    found = to_keras(WeightNoise(layer))
    assert_close(outputs_of(found, inputs()), outputs_of(layer, inputs()))


@pytest.mark.parametrize(
    ("convert", "layer", "message"),
    [
        (to_keras, lambda: make(PeepholeLSTM), "no peepholes"),
        (to_keras, lambda: make(GRU, zoneout=0.2), "zoneout=0.2"),
        (
            to_keras,
            lambda: make(
                GRU, recurrent_dropout=0.2, recurrent_dropout_form="semeniuta"
            ),
            "form 'semeniuta'",
        ),
        (to_keras, lambda: SimpleRNN(3), "no weights yet"),
        (from_keras, lambda: keras.layers.GRU(3), "no weights yet"),
        (from_keras, lambda: make(GRU), "a layer of keras.layers"),
        (to_keras, lambda: make(keras.layers.GRU), "a layer of keras_gated.layers"),
        (from_keras, lambda: keras.layers.Dense(3), "LSTM, GRU, SimpleRNN"),
    ],
)
def test_what_has_no_peer_is_refused(convert, layer, message):
    with pytest.raises(ValueError, match=message):
        convert(layer())
