"""The distribution of the biases that initializers draw."""

import keras
import numpy as np
import pytest

from keras_gated.initializers import Chrono


def test_chrono_draws_times_uniformly():
    bias = keras.ops.convert_to_numpy(Chrono(101, seed=0)((20_000,)))
    times = np.exp(bias)
    assert times.min() >= 1 and times.max() <= 100 + 1e-3
    shares, _ = np.histogram(times, bins=10, range=(1, 100))
    standard_error = np.sqrt(0.1 * 0.9 / len(bias))
    np.testing.assert_allclose(shares / len(bias), 0.1, atol=5 * standard_error)


def test_chrono_of_a_seed_and_from_a_config():
    draw = keras.ops.convert_to_numpy(Chrono(9, seed=3)((5,), dtype="float32"))
    config = keras.initializers.serialize(Chrono(9, seed=3))
    again = keras.initializers.deserialize(config)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(again((5,))), draw)
    other = keras.ops.convert_to_numpy(Chrono(9, seed=4)((5,)))
    assert np.any(other != draw)


@pytest.mark.parametrize("steps", [1, 0, -5, float("nan")])
def test_chrono_needs_two_steps(steps):
    with pytest.raises(ValueError, match=f"max_steps={steps!r}"):
        Chrono(steps)
