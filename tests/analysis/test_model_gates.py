"""The gates of models, against those of their layers on the same inputs."""

import keras
import numpy as np
import pytest

from keras_gated import analysis
from keras_gated.layers import (
    GRU,
    PeepholeLSTM,
    SimpleRNN,
    WeightNoise,
    WeightNormalization,
)
from tests.tiers import exhaustive_elsewhere
from tests.units import normal, random_weights

BATCH, TIME, FEATURES, SIZE = 5, 6, 2, 3


def padded():
    x = normal(BATCH, TIME, FEATURES)
    x[0, 4:] = 0
    return x


def assert_equal(found, layer, *args, **kwargs):
    expected = layer.gates(*args, **kwargs)
    assert list(found) == list(expected)
    for name, values in found.items():
        np.testing.assert_allclose(
            values, keras.ops.convert_to_numpy(expected[name]), rtol=1e-5, atol=1e-6
        )


@exhaustive_elsewhere
def test_layers_wherever_they_are():
    """Masked, wrapped, in both directions, with an initial state, called twice."""
    noisy = WeightNoise(
        GRU(SIZE, dropout=0.5, return_sequences=True, name="noisy"), 5.0, seed=1
    )
    both = keras.layers.Bidirectional(
        PeepholeLSTM(SIZE, return_sequences=True, name="lstm"), name="both"
    )
    last = SimpleRNN(2 * SIZE, name="last")
    inputs = keras.Input((None, FEATURES))
    masked = keras.layers.Masking()(inputs)
    first = noisy(masked)
    second = both(first)
    state = keras.layers.Dense(2 * SIZE, name="state")(inputs[:, 0])
    third = last(second, initial_state=state)
    fourth = last(second)
    model = keras.Model(inputs, keras.layers.Dense(1)(third + fourth))
    model.compile("sgd", "mse")
    variables = [keras.ops.convert_to_numpy(variable) for variable in model.variables]

    x = padded()
    mask = np.any(x != 0, axis=-1)
    found = analysis.gates(model, x, batch_size=2)
    assert list(found) == ["noisy", "forward_lstm", "backward_lstm", "last", "last:2"]
    for before, variable in zip(variables, model.variables, strict=True):
        np.testing.assert_array_equal(before, keras.ops.convert_to_numpy(variable))
    assert all(
        values.shape[:2] == (BATCH, TIME) and values.dtype == "float32"
        for layer in found.values()
        for values in layer.values()
    )
    assert_equal(found["noisy"], noisy.layer, x, mask=mask)
    firsts, seconds, states = keras.Model(inputs, [first, second, state])(x)
    for direction in (both.forward_layer, both.backward_layer):
        assert_equal(found[direction.name], direction, firsts, mask=mask)
    # Keras drops the mask where there is an initial state.
    assert_equal(found["last"], last, seconds, initial_state=states)
    assert_equal(found["last:2"], last, seconds, mask=mask)


def test_gates_with_normalized_weights():
    wrapper = WeightNormalization(GRU(SIZE, name="gru"))
    model = keras.Sequential([keras.Input((None, FEATURES)), wrapper])
    model.set_weights(random_weights(model))
    x = normal(BATCH, TIME, FEATURES)
    found = analysis.gates(model, x)
    assert_equal(found["gru"], wrapper.inference_layer(), x)


def test_several_inputs_and_half_precision():
    inputs = [keras.Input((None, FEATURES), name=name) for name in ("a", "b")]
    layer = GRU(SIZE, dtype="mixed_bfloat16", name="gru")
    model = keras.Model(inputs, layer(keras.layers.Concatenate()(inputs)))
    x = {"a": normal(BATCH, TIME, FEATURES), "b": padded()}
    found = analysis.gates(model, x, batch_size=4)["gru"]["output"]
    assert found.dtype == "float32"
    outputs = keras.ops.cast(model(x), "float32")
    np.testing.assert_allclose(
        found[:, -1], keras.ops.convert_to_numpy(outputs), atol=0.02
    )


@pytest.mark.once
def test_double_precision_stays(float64):
    layer = GRU(SIZE, return_sequences=True, name="gru")
    model = sequential(layer)
    x = np.random.default_rng(4).normal(size=(BATCH, TIME, FEATURES))
    found = analysis.gates(model, x)["gru"]["output"]
    assert found.dtype == "float64"
    expected = keras.ops.convert_to_numpy(layer(x))
    np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-13)


def test_a_layer_alone():
    layer = GRU(SIZE)
    layer.build((None, None, FEATURES))
    x = padded()
    assert_equal(analysis.gates(layer, x)[layer.name], layer, x)


def test_batches_are_the_whole_in_parts(monkeypatch):
    layer = PeepholeLSTM(SIZE, return_sequences=True, name="memory")
    model = sequential(layer)
    x = normal(5, TIME, FEATURES)
    made = []
    build = keras.Model.make_predict_function
    monkeypatch.setattr(
        keras.Model,
        "make_predict_function",
        lambda self, *a: made.append(self.predict_function) or build(self, *a),
    )
    batches = list(analysis.gate_batches(model, x, batch_size=2))
    # The function that is compiled is made for the first batch only.
    assert made[0] is None and None not in made[1:] and len(made) == 3
    monkeypatch.undo()
    assert [len(batch["memory"]["forget_gate"]) for batch in batches] == [2, 2, 1]
    whole = analysis.gates(model, x)
    for name, values in whole["memory"].items():
        parts = np.concatenate([batch["memory"][name] for batch in batches])
        np.testing.assert_allclose(parts, values, atol=1e-6)


def sequential(*layers):
    return keras.Sequential([keras.Input((None, FEATURES)), *layers])


@pytest.mark.parametrize(
    "layer", [keras.layers.LSTM(SIZE, name="of_keras"), keras.layers.Dense(SIZE)]
)
def test_there_must_be_a_recurrent_layer_of_this_package(layer):
    with pytest.raises(ValueError, match=f"calls no recurrent layer.*{layer.name}"):
        analysis.gates(sequential(layer), padded())


def test_the_model_must_be_built():
    with pytest.raises(ValueError, match="is not built"):
        analysis.gates(keras.Sequential([GRU(SIZE)]), padded())


@pytest.mark.parametrize(
    ("arrays", "batch_size", "message"),
    [
        ([np.ones((3, 2)), np.ones((4, 2))], 2, r"same number.*\(3, 2\), \(4, 2\)"),
        (np.ones((0, TIME, FEATURES)), 2, "at least one"),
        (np.float32(1), 2, "at least one"),
        (np.ones((3, TIME, FEATURES)), 0, "batch_size must be positive"),
    ],
)
def test_inputs_must_fit(arrays, batch_size, message):
    with pytest.raises(ValueError, match=message):
        analysis.gates(sequential(GRU(SIZE)), arrays, batch_size=batch_size)
