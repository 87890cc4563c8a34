"""Clipping where one call of the train function takes several steps."""

import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from keras_gated.callbacks import GradientClipping
from keras_gated.datasets import SequenceBatches
from keras_gated.layers import GRU
from tests.callbacks.linear_regression import BATCH

BACKEND = keras.backend.backend()
MAX_NORM = 2.0
ROOT = Path(__file__).resolve().parents[2]

pytestmark = [
    pytest.mark.skipif(
        BACKEND == "torch", reason="Keras takes one step at a time on PyTorch"
    ),
    pytest.mark.filterwarnings("ignore:.*ran out of data:UserWarning"),
]


class Moments(keras.callbacks.Callback):
    """Keeps what a callback is told during an epoch, and when."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def on_train_batch_begin(self, batch, logs=None):
        self.seen.append(("begin", batch))

    def on_train_batch_end(self, batch, logs=None):
        self.seen.append(("end", batch, sorted(logs)))


class Scale(keras.layers.Layer):
    """Multiplies inputs of any rank, so that it takes a stack of batches as well."""

    def build(self, input_shape):
        self.factor = self.add_weight(shape=(), initializer="ones")

    def call(self, inputs):
        return inputs * self.factor


@pytest.mark.parametrize("steps", [2, 3, 5])
@pytest.mark.parametrize("compiled", [True, False])
def test_callbacks_hear_what_they_hear_without_it(regression, steps, compiled):
    moments = []
    for callbacks in ([], [GradientClipping(MAX_NORM)]):
        model = regression.model(steps_per_execution=steps, jit_compile=compiled)
        moments.append(Moments())
        regression.fit(model, 2, [*callbacks, moments[-1]], batch_size=1)
    assert moments[1].seen == moments[0].seen
    # Twelve samples do not divide by five.
    assert len(moments[0].seen) == 2 * 2 * -(-12 // steps)


def test_batches_of_different_shapes(assert_weights):
    rng = np.random.default_rng(3)
    lengths = rng.integers(1, 9, 13)
    data = SequenceBatches(
        [rng.normal(size=(length, 3)) for length in lengths],
        [rng.normal(size=(length, 2)) for length in lengths],
        batch_size=2,
        padded_lengths=3,
        shuffle=False,
    )
    assert len({data[i][0].shape for i in range(len(data))}) > 2

    def train(steps):
        keras.utils.set_random_seed(1)
        gru = GRU(2, return_sequences=True)
        model = keras.Sequential([keras.Input((None, 3)), gru])
        model.compile("adam", "mse", steps_per_execution=steps)
        clipping = GradientClipping(0.1)
        history = model.fit(data, epochs=2, callbacks=[clipping], verbose=0).history
        return model, history

    one, history = train(1)
    several, found = train(3)
    assert np.mean(history["clipped_share"]) > 0
    assert_weights(several, one.get_weights())
    for name, values in history.items():
        np.testing.assert_allclose(found[name], values, 1e-5)


@pytest.mark.parametrize("samples", [16, 14])
def test_a_model_of_any_rank_takes_each_batch_by_itself(samples, assert_weights):
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=(2, samples, 3))

    def train(steps):
        model = keras.Sequential([Scale()])
        model.compile(keras.optimizers.SGD(0.1), "mse", steps_per_execution=steps)
        history = model.fit(
            *(x, y, BATCH, 3),
            shuffle=False,
            callbacks=[GradientClipping(MAX_NORM)],
            verbose=0,
        ).history
        return model, history

    one, history = train(1)
    several, found = train(2)
    assert_weights(several, one.get_weights())
    np.testing.assert_allclose(found["gradient_norm"], history["gradient_norm"], 1e-5)
    assert several.optimizer.iterations == one.optimizer.iterations


def test_a_generator_that_ends_within_a_call(regression, assert_weights):
    model = regression.model(steps_per_execution=2)
    clipping = GradientClipping(MAX_NORM)
    batches = (batch for batch in list(regression.batches()))
    history = model.fit(batches, shuffle=False, callbacks=[clipping], verbose=0).history
    weights, norms = regression.train(regression.weights, 1, MAX_NORM)
    assert_weights(model, weights)
    assert history["gradient_norm"] == pytest.approx([norms.mean()], 1e-5)


def test_batches_over_two_devices():
    if BACKEND != "jax":
        pytest.skip("Keras spreads batches over CPU devices on JAX")
    flags = "--xla_force_host_platform_device_count=2"
    subprocess.run(
        [sys.executable, "-m", "tests.callbacks.two_devices"],
        check=True,
        cwd=ROOT,
        env={**os.environ, "XLA_FLAGS": flags},
    )
