"""Small models to generate from, with large random weights."""

import functools

import keras
import numpy as np

from keras_gated.layers import GRU, BernoulliHead, MDNHead, PeepholeLSTM, WeightNoise
from tests.units import random_weights

KEYS = 5
COMPONENTS, FRAME, EVENT = 3, 4, 2


def chain(*layers, input_size=KEYS, scale=0.7):
    model = keras.Sequential([keras.Input((None, input_size)), *layers])
    model.set_weights(random_weights(model, scale=scale))
    return model


def chords(layer=None):
    """A model of `KEYS` keys."""
    return chain(layer or GRU(6, return_sequences=True), BernoulliHead(KEYS))


def waveform():
    """A model that is given `FRAME` samples and predicts `EVENT`."""
    head = MDNHead(COMPONENTS, EVENT)
    return chain(GRU(6, return_sequences=True), head, input_size=FRAME, scale=0.4)


def tower():
    """A model of everything that a chain may hold, as a functional model in two parts.

    The lower part is a model in the model.
    """
    lower = keras.Sequential(
        [
            keras.Input((None, KEYS)),
            WeightNoise(GRU(6, return_sequences=True), 0.5),
            keras.layers.Dropout(0.5),
            keras.layers.TimeDistributed(keras.layers.Dense(4)),
            keras.layers.Activation("tanh"),
        ]
    )
    inputs = keras.Input((None, KEYS))
    upper = PeepholeLSTM(3, return_sequences=True, recurrent_dropout=0.5)
    model = keras.Model(inputs, BernoulliHead(KEYS)(upper(lower(inputs))))
    for layer in model.layers[1:]:
        for variable in layer.trainable_variables:
            rng = np.random.default_rng(len(variable.shape))
            variable.assign(rng.normal(0, 0.7, variable.shape))
    return model


def chord_prompt(batch=2, time=7):
    return np.random.default_rng(5).integers(0, 2, (batch, time, KEYS))


def frame_prompt(batch=2, time=7):
    return np.random.default_rng(5).normal(size=(batch, time, FRAME))


@functools.cache
def shared(make):
    """A model for all tests that leave it as it is: each new one is compiled anew."""
    return make()
