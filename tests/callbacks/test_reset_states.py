"""When states start anew. That windows are one pass: tests/test_carried_states.py."""

import keras
import numpy as np
import pytest

from keras_gated.callbacks import ResetStates
from keras_gated.layers import GRU, PeepholeLSTM, WeightNoise


def model_of(*layers):
    model = keras.Sequential([keras.Input(batch_shape=(2, None, 1)), *layers])
    model.compile("sgd", "mse")
    return model


class States(keras.callbacks.Callback):
    """Whether the states were zeros, whenever Keras calls."""

    def __init__(self, layer):
        super().__init__()
        self.layer, self.seen = layer, []

    def look(self, when):
        if keras.backend.backend() == "jax":
            self.model.jax_state_sync()
        states = [np.any(keras.ops.convert_to_numpy(s)) for s in self.layer.states]
        self.seen.append((when, not any(states)))

    def on_epoch_begin(self, epoch, logs=None):
        self.look("epoch")

    def on_epoch_end(self, epoch, logs=None):
        self.look("epoch's end")

    def on_test_begin(self, logs=None):
        self.look("test")

    def on_test_batch_end(self, batch, logs=None):
        self.look("test's batch")

    def on_predict_begin(self, logs=None):
        self.look("predict")


def test_every_pass_begins_with_zeros():
    layer = GRU(3, return_sequences=True, stateful=True)
    model = model_of(layer, keras.layers.Dense(1))
    x = np.ones((4, 5, 1), "float32")
    states = States(layer)
    callbacks = [ResetStates(), states]
    settings = {"batch_size": 2, "verbose": 0, "callbacks": callbacks}
    data = {"validation_data": (x, x), "validation_batch_size": 2}
    model.fit(x, x, epochs=2, shuffle=False, **data, **settings)
    epoch = [
        ("epoch", True),
        ("test", True),
        ("test's batch", False),
        ("test's batch", False),
        ("epoch's end", True),
    ]
    assert states.seen == 2 * epoch
    model.predict(x, batch_size=2, verbose=0)
    for run, name in ((model.evaluate, "test"), (model.predict, "predict")):
        states.seen.clear()
        run(x, *(x,) * (name == "test"), **settings)
        assert states.seen[0] == (name, True)
        states.look("after")
        assert states.seen[-1] == ("after", True)


def test_layers_in_wrappers_and_models_are_found():
    inner = keras.Sequential(
        [
            keras.Input(batch_shape=(2, None, 1)),
            WeightNoise(PeepholeLSTM(2, stateful=True, return_sequences=True)),
        ]
    )
    both = keras.layers.Bidirectional(GRU(2, stateful=True))
    model = model_of(inner, both)
    states = [*inner.layers[0].states, *both.states]
    model.predict(np.ones((2, 3, 1)), verbose=0)
    assert all(np.any(keras.ops.convert_to_numpy(s)) for s in states)
    model.predict(np.ones((2, 3, 1)), verbose=0, callbacks=[ResetStates()])
    assert not any(np.any(keras.ops.convert_to_numpy(s)) for s in states)


@pytest.mark.parametrize("run", ["fit", "evaluate", "predict"])
def test_a_model_that_carries_nothing_is_refused(run):
    model = model_of(GRU(2), keras.layers.Dense(1))
    data = (
        (np.ones((2, 3, 1)),) if run == "predict" else (np.ones((2, 3, 1)), np.ones(2))
    )
    with pytest.raises(
        ValueError, match="ResetStates found no layer with stateful=True"
    ):
        getattr(model, run)(*data, verbose=0, callbacks=[ResetStates()])
