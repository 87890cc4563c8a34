"""Generation runs wrapped layers with the weights that they have at inference."""

import keras
import numpy as np
import pytest

from keras_gated.generation import generate
from keras_gated.layers import (
    GRU,
    AdaptiveWeightNoise,
    BernoulliHead,
    DropConnect,
    WeightNormalization,
)
from tests.generation.models import KEYS, chain, chord_prompt
from tests.units import random_weights


def gru():
    return GRU(6, return_sequences=True)


def rolled_out(model, prompt, steps):
    """The likeliest events, each from a call of the model on all before it."""
    sequence = prompt.astype("float32")
    for _ in range(steps):
        logits = keras.ops.convert_to_numpy(model(sequence))[:, -1:]
        sequence = np.concatenate([sequence, logits > 0], axis=1)
    return sequence[:, prompt.shape[1] :]


@pytest.mark.parametrize(
    "make",
    [
        lambda: DropConnect(gru(), 0.5),
        lambda: AdaptiveWeightNoise(keras.Sequential([gru(), gru()]), 10),
        lambda: WeightNormalization(gru()),
        lambda: WeightNormalization(DropConnect(gru(), 0.5)),
    ],
    ids=["drop connect", "adaptive, two layers", "normalized", "normalized, dropped"],
)
def test_events_are_those_of_the_model(make):
    model, prompt = chain(make(), BernoulliHead(KEYS), scale=1.5), chord_prompt()
    for seed in (7, 8):
        model.set_weights(random_weights(model, seed, scale=1.5))
        found = generate(model, prompt, steps=6, greedy=True)
        np.testing.assert_array_equal(found, rolled_out(model, prompt, 6))
