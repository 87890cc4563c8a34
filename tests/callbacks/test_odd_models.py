"""Callbacks with models that have nothing to train, no optimizer or no known length."""

import keras
import numpy as np
import pytest

from keras_gated.callbacks import GradientClipping, LearningRateSelection, WallClock

BACKEND = keras.backend.backend()
# Keras says so on two backends, each time.
NOTHING_TO_TRAIN = pytest.mark.filterwarnings("ignore:The model does not have any")


class OwnStep(keras.Sequential):
    """Trains without an optimizer: by nothing at all."""

    def train_step(self, *args):
        logs = {"loss": keras.ops.zeros(())}
        return (logs, args[0]) if BACKEND == "jax" else logs


def selection():
    return LearningRateSelection([0.1, 0.2], epochs=1, monitor="loss")


def frozen(regression):
    model = regression.model()
    model.trainable = False
    model.compile("sgd", "mse")
    return model


@NOTHING_TO_TRAIN
def test_clipping_lets_a_frozen_model_be(regression, assert_weights):
    model = frozen(regression)
    losses = regression.fit(model, 2)["loss"]
    history = regression.fit(model, 2, [GradientClipping()])
    assert history["loss"] == pytest.approx(losses)
    assert np.isnan(history["gradient_norm"]).all()
    assert np.isnan(history["clipped_share"]).all()
    assert_weights(model, regression.weights)


@NOTHING_TO_TRAIN
def test_clipping_begins_where_a_model_thaws(regression):
    model = frozen(regression)
    clipping = GradientClipping()
    regression.fit(model, 1, [clipping])
    model.trainable = True
    model.compile("sgd", "mse")
    history = regression.fit(model, 1, [clipping])
    assert history["gradient_norm"][0] > 0


@NOTHING_TO_TRAIN
def test_the_clock_counts_no_update_of_a_frozen_model(regression):
    history = regression.fit(frozen(regression), 2, [WallClock()])
    assert history["updates"] == [0, 0]


@NOTHING_TO_TRAIN
def test_there_is_no_rate_to_select_for_a_frozen_model(regression):
    with pytest.raises(ValueError, match="of whose 2 weights none is trainable"):
        regression.fit(frozen(regression), 3, [selection()])


@pytest.mark.parametrize("callback", [GradientClipping, selection])
def test_what_acts_on_an_optimizer_needs_one(regression, callback):
    model = regression.model(optimizer=None)
    with pytest.raises(ValueError, match=f"{model.name}, compiled with optimizer=None"):
        regression.fit(model, 3, [callback()])


@pytest.mark.skipif(BACKEND == "jax", reason="there fit itself needs an optimizer")
def test_the_clock_goes_without_an_optimizer(regression):
    model = OwnStep([keras.Input((3,)), keras.layers.Dense(2)])
    model.compile(None, "mse")
    history = regression.fit(model, 2, [WallClock()])
    assert min(history["seconds"]) > 0
    assert "updates" not in history


@pytest.mark.skipif(BACKEND != "tensorflow", reason="tf.data")
@pytest.mark.filterwarnings("ignore:Your input ran out of data")
def test_a_call_without_a_batch_is_no_update(regression):
    import tensorflow as tf

    def batches():
        yield from regression.batches()

    shapes = tf.TensorSpec((None, 3)), tf.TensorSpec((None, 2))
    data = tf.data.Dataset.from_generator(batches, output_signature=shapes)
    model = regression.model()
    history = model.fit(data, shuffle=False, verbose=0, callbacks=[WallClock()])
    assert history.history["updates"] == [3]
    # Keras 3.15 updates the weights once more, with no batch; Keras 3.16 doesn't.
    assert int(model.optimizer.iterations) in (3, 4)
