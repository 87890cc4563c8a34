"""What is generated equals what the equations in NumPy give from the same noise.

The reference is the same on every backend, so the backends agree with each other.
"""

import numpy as np
import pytest

from keras_gated.generation import generate
from tests import reference
from tests.generation import by_hand
from tests.generation.models import (
    COMPONENTS,
    EVENT,
    KEYS,
    chord_prompt,
    chords,
    frame_prompt,
    shared,
    tower,
    waveform,
)
from tests.units import weights_of

GRU_STEP = reference.step_of(reference.gru_gates)
LSTM_STEP = reference.step_of(reference.lstm_gates)

STEPS, SEED, TEMPERATURE = 40, 11, 0.7


def test_chords_of_every_unit(unit):
    model, prompt = chords(unit.make(6, return_sequences=True)), chord_prompt()
    layer, head = map(weights_of, model.layers)
    noise = by_hand.bernoulli_noise(SEED, 2, STEPS, KEYS, TEMPERATURE)
    expected = by_hand.generate(
        [by_hand.recurrent(unit.step, layer, unit.states, 2), by_hand.dense(head)],
        by_hand.pick_bernoulli(noise),
        prompt,
        STEPS,
    )
    found = generate(model, prompt, STEPS, TEMPERATURE, SEED)
    assert found.dtype == np.uint8
    assert 0.1 < found.mean() < 0.9
    np.testing.assert_array_equal(found, expected)


def test_a_waveform_whose_frames_overlap():
    model, prompt = shared(waveform), frame_prompt()
    layer, head = map(weights_of, model.layers)
    noise = by_hand.mixture_noise(SEED, 2, STEPS, COMPONENTS, EVENT, TEMPERATURE)
    expected = by_hand.generate(
        [by_hand.recurrent(GRU_STEP, layer, 1, 2), by_hand.dense(head)],
        by_hand.pick_mixture(noise, COMPONENTS),
        prompt,
        STEPS,
    )
    found = generate(model, prompt, STEPS, TEMPERATURE, SEED)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=2e-4)


def test_a_stack_of_everything():
    model, prompt = shared(tower), chord_prompt()
    _, lower, upper, head = model.layers
    noisy, _, dense, _ = lower.layers
    noise = by_hand.bernoulli_noise(SEED, 2, STEPS, KEYS)
    expected = by_hand.generate(
        [
            by_hand.recurrent(GRU_STEP, weights_of(noisy), 1, 2),
            by_hand.dense(weights_of(dense), np.tanh),
            by_hand.recurrent(LSTM_STEP, weights_of(upper), 2, 2),
            by_hand.dense(weights_of(head)),
        ],
        by_hand.pick_bernoulli(noise),
        prompt,
        STEPS,
    )
    np.testing.assert_array_equal(generate(model, prompt, STEPS, seed=SEED), expected)


def test_in_double_precision(float64):
    model, prompt = chords(), chord_prompt()
    layer, head = map(weights_of, model.layers)
    noise = by_hand.bernoulli_noise(SEED, 2, 300, KEYS)
    expected = by_hand.generate(
        [by_hand.recurrent(GRU_STEP, layer, 1, 2), by_hand.dense(head)],
        by_hand.pick_bernoulli(noise),
        prompt,
        300,
    )
    np.testing.assert_array_equal(generate(model, prompt, 300, seed=SEED), expected)


@pytest.mark.parametrize("time", [1, 7])
def test_greedy_takes_the_most_probable(time):
    model, prompt = shared(chords), chord_prompt(time=time)
    layer, head = map(weights_of, model.layers)
    expected = by_hand.generate(
        [by_hand.recurrent(GRU_STEP, layer, 1, 2), by_hand.dense(head)],
        lambda logits, t: (logits > 0).astype(float),
        prompt,
        STEPS,
    )
    np.testing.assert_array_equal(generate(model, prompt, STEPS, greedy=True), expected)


def test_greedy_takes_the_mean_of_the_heaviest_component():
    model, prompt = shared(waveform), frame_prompt()
    layer, head = map(weights_of, model.layers)
    silent = np.zeros((2, STEPS, COMPONENTS)), np.zeros((2, STEPS, EVENT))
    expected = by_hand.generate(
        [by_hand.recurrent(GRU_STEP, layer, 1, 2), by_hand.dense(head)],
        by_hand.pick_mixture(silent, COMPONENTS),
        prompt,
        STEPS,
    )
    found = generate(model, prompt, STEPS, greedy=True)
    np.testing.assert_allclose(found, expected, atol=2e-4)
