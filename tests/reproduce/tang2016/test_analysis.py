"""What is measured of memory, beside its definition."""

import numpy as np
import pytest
from keras import ops
from scipy import stats

from keras_gated.datasets.phones import log_mel
from reproduce.studies.tang2016.analysis import activations, noise, smoothness
from reproduce.studies.tang2016.analysis.memory import TOGETHER, memory
from reproduce.studies.tang2016.analysis.responses import responses, units_per_phone
from reproduce.studies.tang2016.training import RecogniserTraining
from tests.reproduce.tang2016.tiny import task_of, trial_of


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_activations(rng):
    states = np.tanh(rng.normal(scale=2, size=(500, 8)))
    found = activations.density(states)
    assert (found * np.diff(activations.EDGES)).sum() == pytest.approx(1)
    below = ((states >= -1) & (states < -0.95)).mean() / 0.05
    assert found[0] == pytest.approx(below)
    assert activations.extreme_share(states) == (abs(states) > 0.9).mean()
    assert activations.kurtosis(states) == pytest.approx(stats.kurtosis(states.ravel()))
    assert activations.kurtosis(np.array([[-1.0, 1.0]])) == pytest.approx(-2)
    assert np.isnan(activations.kurtosis(np.ones((3, 2))))


def test_responses():
    states = np.array([[0.2, -0.5, 0], [0.4, 0.5, 0], [-0.5, 0.1, 0], [-0.1, 0.1, 0]])
    found = responses(states, np.array([0, 0, 2, 2]), 3)
    np.testing.assert_allclose(found[0], [0.6, 0, 0])
    np.testing.assert_allclose(found[2], [0.6, 0.2, 0])
    assert np.isnan(found[1]).all()
    np.testing.assert_array_equal(units_per_phone(found, 0.5), [1, np.nan, 1])
    np.testing.assert_array_equal(units_per_phone(found, 0.1), [1, np.nan, 2])


def test_smoothness(rng):
    white = [rng.normal(size=(length, 5)) for length in (4000, 3000)]
    assert smoothness.step_length(white) == pytest.approx(np.sqrt(2), rel=0.02)
    assert smoothness.autocorrelation(white, 1) == pytest.approx(0, abs=0.02)
    slow = [np.zeros((4000, 5))]
    for t in range(1, 4000):
        slow[0][t] = 0.9 * slow[0][t - 1] + rng.normal(size=5)
    for lag in (1, 5):
        assert smoothness.autocorrelation(slow, lag) == pytest.approx(
            0.9**lag, abs=0.05
        )
    assert smoothness.step_length(slow) == pytest.approx(np.sqrt(0.2), rel=0.06)
    assert smoothness.step_length([7 * s + 3 for s in slow]) == pytest.approx(
        smoothness.step_length(slow)
    )
    # No step leads from one sentence to the next.
    assert smoothness.step_length([np.zeros((5, 2)), np.ones((5, 2))]) == 0


@pytest.mark.parametrize("kind", noise.KINDS)
@pytest.mark.parametrize("level", noise.LEVELS)
def test_noise_is_as_loud_as_was_asked_for(rng, kind, level):
    voices = [
        log_mel(3000 * rng.normal(size=16_000).astype("float32") / 32768, 16_000, 9)
        for _ in range(3)
    ]
    sentence = voices[0] - 12
    found = noise.noise_like(kind, level, sentence, voices, 16_000, rng)
    assert found.shape == (50, 9) and found.dtype == np.float32
    np.testing.assert_array_equal(np.round(2 * found), 2 * found)
    ratio = noise.energy(sentence).sum(1).mean() / noise.energy(found).sum(1).mean()
    assert 10 * np.log10(ratio) == pytest.approx(level, abs=0.1)


def test_noise_stands_in_the_middle_and_is_compared_behind_it(rng):
    sentence, sound = rng.normal(size=(9, 2)), np.full((50, 2), 5.0)
    noisy, behind = noise.inserted(sentence, sound)
    assert behind == 54 and (noisy[4:54] == 5).all()
    np.testing.assert_array_equal(np.delete(noisy, range(4, 54), axis=0), sentence)
    states, others = rng.normal(size=(9, 3)), rng.normal(size=(59, 3))
    found = noise.distances(states, others)
    assert found.shape == (100,) and np.isnan(found[5:]).all()
    for frame in range(5):
        difference = others[54 + frame] - states[4 + frame]
        assert found[frame] == pytest.approx(np.sqrt((difference**2).sum()))


@pytest.mark.parametrize(
    ("curve", "expected"),
    [
        (2.0 ** -(np.arange(20) / 4), 4),
        ([1, 0.8, 0.3], 1.6),
        ([1, 0.5], 1),
        ([1, 0.9], np.inf),
        ([0, 0], np.nan),
        ([], np.nan),
    ],
)
def test_half_life(curve, expected):
    assert noise.half_life(np.array(curve)) == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("unit", ["lstm", "gru"])
def test_memory_is_that_of_each_sentence_alone(unit):
    task = task_of()
    model = RecogniserTraining().build(trial_of(task, unit), task)
    sentences = task.splits["train"][0][: TOGETHER + 2]
    found = memory(model, sentences)
    assert len(found) == len(sentences)
    for number in (0, TOGETHER + 1):
        (alone,) = memory(model, [sentences[number]])
        for one, other in zip(found[number], alone, strict=True):
            assert one.shape == (len(sentences[number]), model.layers[1].units)
            np.testing.assert_allclose(one, other, atol=1e-6)
    first = model.layers[1]
    gates = first.gates(sentences[0][np.newaxis])
    gates = {name: ops.convert_to_numpy(values) for name, values in gates.items()}
    expected = np.tanh(gates["carry"]) if unit == "lstm" else gates["output"]
    np.testing.assert_allclose(found[0][0], expected[0], atol=1e-6)
