"""Models that are no chain, and arguments out of range, with messages that say why."""

import keras
import numpy as np
import pytest

from keras_gated.generation import generate
from keras_gated.layers import GRU, BernoulliHead, MDNHead, SimpleRNN, WeightNoise
from tests.generation.models import KEYS, chords, shared, waveform


def sequential(*layers, size=KEYS):
    return keras.Sequential([keras.Input((None, size)), *layers], name="chain")


def gru(**kwargs):
    return GRU(3, **{"return_sequences": True, "name": "melody", **kwargs})


def two_ways():
    inputs = keras.Input((None, KEYS))
    both = keras.layers.Add(name="junction")([gru()(inputs), gru(name="bass")(inputs)])
    return keras.Model(inputs, BernoulliHead(KEYS)(both))


def two_heads():
    inputs = keras.Input((None, KEYS))
    x = gru()(inputs)
    return keras.Model(inputs, [BernoulliHead(KEYS)(x), BernoulliHead(KEYS)(x)])


def masked(*before, mask=None):
    inputs = keras.Input((None, KEYS))
    x = inputs
    for layer in before:
        x = layer(x)
    arguments = {} if mask is None else {"mask": mask(inputs)}
    outputs = BernoulliHead(KEYS)(gru()(x, **arguments))
    return keras.Model(inputs, outputs, name="masked")


def with_a_bare_operation():
    inputs = keras.Input((None, KEYS))
    return keras.Model(inputs, BernoulliHead(KEYS)(keras.ops.exp(gru()(inputs))))


class Subclassed(keras.Model):
    def call(self, inputs):
        return inputs


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: sequential(gru(), keras.layers.Dense(KEYS, name="end")),
            "Dense 'end'",
        ),
        (lambda: sequential(gru(go_backwards=True), BernoulliHead(KEYS)), "backwards"),
        (
            lambda: sequential(gru(return_sequences=False), BernoulliHead(KEYS)),
            "GRU 'melody' returns its last output only",
        ),
        (
            lambda: sequential(
                WeightNoise(keras.layers.Bidirectional(gru(), name="two")),
                BernoulliHead(KEYS),
            ),
            "Bidirectional 'two' looks into the future",
        ),
        (
            lambda: sequential(
                keras.layers.LSTM(3, return_sequences=True, name="theirs"),
                BernoulliHead(KEYS),
            ),
            "LSTM 'theirs' cannot be run step by step",
        ),
        (
            lambda: sequential(
                keras.layers.Conv1D(3, 2, name="window"), BernoulliHead(KEYS)
            ),
            "Conv1D 'window'",
        ),
        (
            lambda: sequential(BernoulliHead(KEYS, name="early"), BernoulliHead(KEYS)),
            "BernoulliHead 'early'",
        ),
        (lambda: sequential(gru(), MDNHead(2, KEYS + 1)), "predicts 6"),
        (
            lambda: sequential(
                keras.layers.Masking(name="mute"), gru(), BernoulliHead(KEYS)
            ),
            "GRU 'melody' in the model 'chain' takes a mask of Masking 'mute'",
        ),
        (
            lambda: masked(keras.layers.Masking(name="mute"), keras.layers.Dense(4)),
            "takes a mask of Masking 'mute'",
        ),
        (
            lambda: sequential(
                keras.layers.Masking(name="mute"),
                WeightNoise(gru()),
                BernoulliHead(KEYS),
            ),
            "WeightNoise 'weight_noise",
        ),
        (
            lambda: masked(mask=lambda x: keras.ops.any(x != 0, axis=-1)),
            "GRU 'melody' in the model 'masked' takes a mask. A masked step",
        ),
        (
            lambda: sequential(
                gru(), keras.layers.Masking(name="late"), BernoulliHead(KEYS)
            ),
            "Masking 'late' cannot be run step by step",
        ),
        (two_ways, "Add 'junction'"),
        (two_heads, "1 inputs and 2 outputs"),
        (with_a_bare_operation, "Exp "),
        (Subclassed, "Subclassed"),
        (lambda: keras.Sequential([gru(), BernoulliHead(KEYS)]), "not a built"),
        (lambda: "model.keras", "str is not"),
        (
            lambda: keras.Sequential([keras.Input((KEYS,)), BernoulliHead(KEYS)]),
            "(None, 5)",
        ),
    ],
)
def test_models(make, message):
    with pytest.raises(ValueError) as error:
        generate(make(), steps=2)
    assert message in str(error.value)
    assert "generation" in str(error.value).lower()


ZEROS = np.zeros((2, 3, KEYS))


def with_value(value):
    changed = ZEROS.copy()
    changed[1, 2, 0] = value
    return changed


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"prompt": np.zeros((2, 3, KEYS + 1))}, "(2, 3, 6)"),
        ({"prompt": np.zeros(KEYS)}, "(batch, time, 5) or (time, 5)"),
        ({"prompt": np.zeros((2, 0, KEYS))}, "at least one sequence and one step"),
        ({"prompt": np.zeros((0, 3, KEYS))}, "at least one sequence and one step"),
        ({"prompt": with_value(0.5)}, "zeros and ones"),
        ({"prompt": with_value(np.nan)}, "Received nan at the index (1, 2, 0)"),
        ({"prompt": ZEROS, "batch_size": 3}, "a prompt of 2 sequences"),
        ({"batch_size": 0}, "batch_size=0"),
        ({"steps": 0}, "steps=0"),
        ({"steps": 2.5}, "steps=2.5"),
        ({"steps": True}, "steps=True"),
        ({"temperature": 0.0}, "greedy=True"),
        ({"temperature": float("nan")}, "temperature=nan"),
        ({"temperature": float("inf")}, "temperature=inf"),
        ({"temperature": 0.5, "greedy": True}, "leave one of them out"),
        ({"seed": -1}, "seed=-1"),
        ({"seed": "one"}, "seed='one'"),
        ({"verbose": 3}, "verbose=3"),
    ],
)
def test_arguments(arguments, message):
    with pytest.raises(ValueError) as error:
        generate(shared(chords), **{"steps": 2, **arguments})
    assert message in str(error.value)


def test_a_waveform_that_is_not_finite():
    with pytest.raises(ValueError, match="finite numbers"):
        generate(shared(waveform), np.full((3, 4), np.inf), steps=2)


def test_the_first_layer_may_be_anything_recurrent():
    model = sequential(SimpleRNN(2, return_sequences=True), BernoulliHead(KEYS))
    assert generate(model, ZEROS.astype(bool), steps=3).shape == (2, 3, KEYS)
