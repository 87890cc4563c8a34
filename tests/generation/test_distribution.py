"""Frequencies of what is drawn, against probabilities that are known beforehand."""

import numpy as np
import pytest

from keras_gated.generation import generate
from keras_gated.layers import BernoulliHead, MDNHead, SimpleRNN
from tests.generation.models import chain

SEQUENCES, STEPS = 300, 200
DRAWS = SEQUENCES * STEPS


def constant(head, bias, input_size):
    """A model whose head puts out its bias, whatever the states."""
    model = chain(
        SimpleRNN(1, return_sequences=True), head, input_size=input_size, scale=0.1
    )
    head.set_weights([0 * head.get_weights()[0], bias])
    return model


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_chords(temperature):
    logits = np.array([-3.0, -1.0, 0.0, 0.4, 2.0])
    model = constant(BernoulliHead(5), logits, 5)
    found = generate(
        model, None, STEPS, temperature, seed=8, batch_size=SEQUENCES, verbose=0
    )
    p = 1 / (1 + np.exp(-logits / temperature))
    error = np.sqrt(p * (1 - p) / DRAWS)
    assert (np.abs(found.mean(axis=(0, 1)) - p) < 5 * error).all()
    pairs = (found[..., 1] * found[..., 3]).mean()
    both = p[1] * p[3]
    assert abs(pairs - both) < 5 * np.sqrt(both * (1 - both) / DRAWS)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_mixtures(temperature):
    weights, scale = np.array([0.2, 0.5, 0.3]), 0.5
    means = np.array([[-20.0, 10.0], [0.0, 0.0], [20.0, -30.0]])
    raw = np.full((3, 2), np.log(np.expm1(scale - np.sqrt(np.finfo("float32").eps))))
    bias = np.concatenate([np.log(weights), means.ravel(), raw.ravel()])
    model = constant(MDNHead(3, 2), bias, 2)
    found = generate(
        model, None, STEPS, temperature, seed=8, batch_size=SEQUENCES, verbose=0
    ).reshape(-1, 2)
    component = np.argmin(np.abs(found[:, :1] - means[:, 0]), axis=1)
    p = weights ** (1 / temperature)
    p /= p.sum()
    counts = np.bincount(component, minlength=3)
    assert (np.abs(counts / DRAWS - p) < 5 * np.sqrt(p * (1 - p) / DRAWS)).all()
    standard = (found - means[component]) / (scale * np.sqrt(temperature))
    assert (np.abs(standard.mean(axis=0)) < 5 / np.sqrt(DRAWS)).all()
    assert (np.abs(standard.var(axis=0) - 1) < 5 * np.sqrt(2 / DRAWS)).all()
    assert abs(np.mean(standard[:, 0] * standard[:, 1])) < 5 / np.sqrt(DRAWS)
