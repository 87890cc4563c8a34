"""Sequences, states and masks that do not fit: an error, in whatever they are wrapped.

`keras_gated.testing` has the check that every layer goes through alone.
"""

from functools import partial

import keras
import numpy as np
import pytest

from keras_gated import analysis
from keras_gated.layers import GRU, GRUCell, LSTMVariant, PeepholeLSTM, PeepholeLSTMCell
from tests.layers.wrappers import WRAPPERS
from tests.tiers import exhaustive_elsewhere

BATCH, TIME, FEATURES, UNITS = 4, 6, 3, 5
X = np.random.default_rng(0).normal(size=(BATCH, TIME, FEATURES)).astype("float32")


def state(batch=BATCH, units=UNITS):
    return keras.ops.ones((batch, units))


def refused(*shapes):
    """What the error must show."""
    texts = (str(shape).replace("(", r"\(").replace(")", r"\)") for shape in shapes)
    return pytest.raises(ValueError, match="(?s)" + ".*".join(texts))


AROUND = {
    **{name: lambda wrap=wrap: wrap(GRU(UNITS)) for name, wrap in WRAPPERS.items()},
    "bidirectional": lambda: keras.layers.Bidirectional(GRU(UNITS)),
    "checkpoints": lambda: GRU(UNITS, checkpoint_steps=2),
    "backwards": lambda: GRU(UNITS, go_backwards=True, return_sequences=True),
    "dropout": lambda: GRU(UNITS, dropout=0.5, recurrent_dropout=0.5),
    "zoneout": lambda: GRU(UNITS, zoneout=0.5),
    "loop of the backend": lambda: GRU(UNITS, activation="softplus"),
    "loop of Keras": lambda: keras.layers.RNN(GRUCell(UNITS)),
    "stacked cells": lambda: keras.layers.RNN([GRUCell(UNITS), GRUCell(UNITS)]),
}


@pytest.mark.parametrize("name", AROUND)
def test_number_of_features(name):
    layer = AROUND[name]()
    layer.build(X.shape)
    for features in (1, FEATURES - 1, FEATURES + 1):
        with pytest.raises(ValueError, match=rf"{FEATURES}.*, {features}\)"):
            layer(np.ones((BATCH, TIME, features), "float32"), training=True)


def states_of(name, wrong):
    right = state()
    return {"bidirectional": [right, wrong], "stacked cells": [right, wrong]}.get(
        name, wrong
    )


@pytest.mark.parametrize("name", AROUND)
def test_states(name):
    layer = AROUND[name]()
    layer.build(X.shape)
    for batch, units in ((1, UNITS), (BATCH - 1, UNITS), (BATCH, UNITS + 1)):
        with refused((BATCH, UNITS), (batch, units)):
            states = states_of(name, state(batch, units))
            layer(X, initial_state=states, training=True)


@exhaustive_elsewhere
def test_number_of_states():
    both = keras.layers.Bidirectional(PeepholeLSTM(UNITS))
    gates = LSTMVariant(UNITS, full_gate_recurrence=True)
    for layer, right in ((PeepholeLSTM(UNITS), 2), (both, 4), (gates, 5)):
        layer.build(X.shape)
        for count in (*range(1, right), right + 1):
            with pytest.raises(ValueError, match=r"starts from .* Received"):
                layer(X, initial_state=[state()] * count)
        layer(X, initial_state=[state()] * right)
    with pytest.raises(ValueError, match="Received 0: none"):
        GRU(UNITS)(X, initial_state=[])


@exhaustive_elsewhere
@pytest.mark.parametrize("features", [1, 4])
def test_predict(features):
    class Model(keras.Model):
        def __init__(self):
            super().__init__()
            self.layer = GRU(UNITS)

        def call(self, x):
            return self.layer(x)

    model = Model()
    model.predict(X, verbose=0)
    error, message = ValueError, rf"value 3, .*{features}\)"
    if keras.backend.backend() == "tensorflow":
        # It traces for any number of features then, and finds out in the loop in C++,
        # or without it in the product.
        from tensorflow.errors import InvalidArgumentError as error

        native = (
            rf"\({BATCH}, {TIME}, {features}\) .* needs float32 \({BATCH}, {TIME}, 3\)"
        )
        product = rf"incompatible: In\[0\]: \[{BATCH},{features}\], In\[1\]: \[3,"
        message = f"{native}|{product}"
    with pytest.raises(error, match=message):
        model.predict(X[..., :1].repeat(features, axis=2), verbose=0)


def test_while_a_model_is_put_together():
    layer = GRU(UNITS)
    layer(X)
    with pytest.raises(ValueError, match=r"value 3.*\(None, 6, 2\)"):
        layer(keras.Input((TIME, 2)))
    with refused((None, UNITS), (None, 2)):
        layer(keras.Input((TIME, FEATURES)), initial_state=keras.Input((2,)))
    with refused((None, UNITS), (None, UNITS)):
        PeepholeLSTM(UNITS)(keras.Input((TIME, FEATURES)), keras.Input((UNITS,)))


def test_without_the_doors_of_keras():
    """`call` itself, which no InputSpec guards."""
    layer = GRU(UNITS)
    layer(X)
    with refused("any, any, 3", (BATCH, TIME, 2)):
        layer.call(keras.ops.ones((BATCH, TIME, 2)))


@pytest.mark.parametrize("make", [GRUCell, PeepholeLSTMCell])
def test_a_cell_alone(make):
    cell = make(UNITS)
    states = cell.get_initial_state(BATCH)
    cell(X[:, 0], states)
    with refused(f"{FEATURES} features", (BATCH, 2)):
        cell(X[:, 0, :2], states)
    others = cell.get_initial_state(1)
    with refused((BATCH, UNITS), (1, UNITS)):
        cell(X[:, 0], others)
    with pytest.raises(ValueError, match="Received 3"):
        cell(X[:, 0], [state()] * 3)


def test_gates():
    layer = GRU(UNITS)
    layer(X)
    with pytest.raises(ValueError, match="value 3"):
        layer.gates(X[..., :2])
    with refused((BATCH, UNITS), (1, UNITS)):
        layer.gates(X, initial_state=state(1))
    with refused((BATCH, TIME), (1, TIME)):
        layer.gates(X, mask=np.ones((1, TIME), bool))
    model = keras.Sequential([keras.Input((None, FEATURES)), layer])
    with pytest.raises(ValueError, match="3"):
        analysis.gates(model, X[..., :2])


DROPPING = partial(GRU, UNITS, dropout=0.5, recurrent_dropout=0.5)


@exhaustive_elsewhere
def test_a_call_that_fails_leaves_no_masks():
    layer = DROPPING()
    layer(X)
    with refused((BATCH, UNITS), (1, UNITS)):
        layer(X, initial_state=state(1), training=True)
    with refused((BATCH, TIME), (BATCH, 1)):
        layer(X, mask=np.ones((BATCH, 1), bool), training=True)
    assert tuple(layer(X[:2], training=True).shape) == (2, UNITS)


@exhaustive_elsewhere
@pytest.mark.parametrize("batch", [1, 2, 7])
def test_a_step_of_the_cell_leaves_the_layer_no_masks(batch):
    layer = DROPPING()
    layer(X)
    step = np.ones((batch, FEATURES), "float32")
    layer.cell(step, [state(batch)], training=True)
    assert tuple(layer(X, training=True).shape) == (BATCH, UNITS)


def test_masks_of_another_batch_stay_with_the_cell():
    cell = DROPPING().cell
    cell(np.ones((1, FEATURES), "float32"), [state(1)], training=True)
    with pytest.raises(ValueError, match=r"reset_masks.*\(4, 3\).*\(1, 3\)"):
        cell(X[:, 0], [state()], training=True)
    cell.reset_masks()
    cell(X[:, 0], [state()], training=True)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_sizes_that_no_shape_knows(jit_compile):
    """A batch of one is not repeated in a graph either, which learns of it late."""
    if keras.backend.backend() != "tensorflow":
        pytest.skip("only TensorFlow has tensors without a size")
    import tensorflow as tf

    layer = GRU(UNITS, return_sequences=True)
    layer(X)
    specs = [((None, None, FEATURES), "float32"), ((None, UNITS), "float32")]
    specs.append(((None, None), "bool"))

    @tf.function(
        jit_compile=jit_compile,
        input_signature=[tf.TensorSpec(*spec) for spec in specs],
    )
    def call(x, first, mask):
        return layer(x, initial_state=first, mask=mask)

    mask = np.ones((BATCH, TIME), bool)
    expected = layer(X, initial_state=state(), mask=mask)
    np.testing.assert_allclose(call(X, state(), mask), expected, atol=1e-6)
    for wrong in (
        (X, state(1), mask),
        (X, state(2), mask),
        (X, state(), mask[:1]),
        (X, state(), mask[:, :1]),
    ):
        with pytest.raises(tf.errors.InvalidArgumentError):
            call(*wrong)
