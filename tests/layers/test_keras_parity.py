"""With the same weights our layers are those of Keras."""

import keras
import numpy as np
import pytest

from tests.gradients import gradients
from tests.units import PEEPHOLE_LSTM, PLAIN_LSTM, TANH, random_weights

BATCH, TIME, FEATURES, SIZE = 3, 5, 2, 4

HOLES_AND_AN_EMPTY_ROW = np.array(
    [[0, 1, 1, 0, 1], [1, 0, 0, 1, 1], [0, 0, 0, 0, 0]], bool
)


def make_inputs():
    return np.random.default_rng(3).normal(size=(BATCH, TIME, FEATURES)).astype("f4")


def make_states(unit):
    rng = np.random.default_rng(4)
    return [rng.normal(size=(BATCH, SIZE)).astype("f4") for _ in range(unit.states)]


def same_weights(ours, theirs, scale=0.7):
    """Builds both layers and gives them the same large random weights."""
    ours.build((None, None, FEATURES))
    theirs.build((None, None, FEATURES))
    weights = random_weights(theirs, scale=scale)
    ours.set_weights(weights)
    theirs.set_weights(weights)
    return ours, theirs


def twins(unit, **arguments):
    return same_weights(
        unit.make(SIZE, **arguments), unit.make_keras(SIZE, **arguments)
    )


def assert_equal(ours, theirs):
    ours, theirs = (
        [keras.ops.convert_to_numpy(tensor) for tensor in keras.tree.flatten(tensors)]
        for tensors in (ours, theirs)
    )
    for found, expected in zip(ours, theirs, strict=True):
        # Gradients grow by the large weights, and their roundings with them.
        atol = 3e-5 * np.max(np.abs(expected))
        np.testing.assert_allclose(found, expected, rtol=0, atol=atol)


@pytest.mark.parametrize("go_backwards", [False, True])
@pytest.mark.parametrize(
    ("mask", "zero_output_for_mask"),
    [
        pytest.param(None, False, id="no mask"),
        pytest.param(HOLES_AND_AN_EMPTY_ROW, False, id="mask"),
        pytest.param(HOLES_AND_AN_EMPTY_ROW, True, id="mask, zeros"),
    ],
)
def test_outputs_and_states(keras_unit, mask, zero_output_for_mask, go_backwards):
    ours, theirs = twins(
        keras_unit,
        return_sequences=True,
        return_state=True,
        go_backwards=go_backwards,
        zero_output_for_mask=zero_output_for_mask,
    )
    x = make_inputs()
    # Keras' backends disagree on what a masked first step puts out when there is an
    # initial state, so that one comes without a mask only.
    initial_state = make_states(keras_unit) if mask is None else None
    assert_equal(
        ours(x, initial_state=initial_state, mask=mask),
        theirs(x, initial_state=initial_state, mask=mask),
    )


def test_gradients_of_the_last_output(keras_unit):
    layers = twins(keras_unit, go_backwards=True)
    x = make_inputs()

    def loss():
        return sum(
            keras.ops.sum(layer(x, mask=HOLES_AND_AN_EMPTY_ROW) ** 2)
            for layer in layers
        )

    found = gradients(loss, [v for layer in layers for v in layer.trainable_variables])
    assert_equal(found[: len(found) // 2], found[len(found) // 2 :])


def test_bidirectional(keras_unit):
    arguments = {"return_sequences": True, "return_state": True}
    ours, theirs = same_weights(
        keras.layers.Bidirectional(keras_unit.make(SIZE, **arguments)),
        keras.layers.Bidirectional(keras_unit.make_keras(SIZE, **arguments)),
    )
    x = make_inputs()
    assert_equal(
        ours(x, mask=HOLES_AND_AN_EMPTY_ROW), theirs(x, mask=HOLES_AND_AN_EMPTY_ROW)
    )


@keras.saving.register_keras_serializable(package="keras_gated_tests")
def bent_identity(x):
    return 0.5 * x + keras.ops.sin(x)


@pytest.mark.parametrize(
    ("activation", "recurrent_activation", "use_bias"),
    [
        pytest.param("tanh", "sigmoid", False, id="no bias"),
        pytest.param("relu", "hard_sigmoid", True, id="relu"),
        pytest.param(None, "sigmoid", True, id="linear"),
        pytest.param(bent_identity, bent_identity, True, id="a function"),
    ],
)
def test_other_activations_and_no_bias(
    keras_unit, activation, recurrent_activation, use_bias
):
    arguments = {"activation": activation, "use_bias": use_bias}
    if keras_unit is not TANH:
        arguments["recurrent_activation"] = recurrent_activation
    ours, theirs = twins(keras_unit, **arguments)
    x = make_inputs()
    assert_equal(ours(x), theirs(x))
    again = type(ours).from_config(ours.get_config())
    assert again.cell.activation is theirs.activation
    assert again.cell.use_bias == use_bias


@pytest.mark.parametrize("use_bias", [True, False])
def test_weights_interchange(keras_unit, use_bias):
    ours = keras_unit.make(SIZE, use_bias=use_bias)
    theirs = keras_unit.make_keras(SIZE, use_bias=use_bias)
    for layer in (ours, theirs):
        layer.build((None, None, FEATURES))

    def described(layer):
        return [(weight.name, weight.shape) for weight in layer.weights]

    assert described(ours) == described(theirs)
    for source, target in ((ours, theirs), (theirs, ours)):
        weights = [array.astype("float32") for array in random_weights(source)]
        source.set_weights(weights)
        target.set_weights(source.get_weights())
        for given, taken in zip(weights, target.get_weights(), strict=True):
            np.testing.assert_array_equal(given, taken)


def initializers():
    return {
        "kernel_initializer": keras.initializers.GlorotUniform(seed=1),
        "recurrent_initializer": keras.initializers.Orthogonal(seed=2),
        "bias_initializer": keras.initializers.RandomNormal(seed=3),
    }


def check_initial_weights(unit, **arguments):
    ours = unit.make(SIZE, **initializers(), **arguments)
    theirs = unit.make_keras(SIZE, **initializers(), **arguments)
    for layer in (ours, theirs):
        layer.build((None, None, FEATURES))
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_same_initial_weights_from_the_same_initializers(keras_unit):
    check_initial_weights(keras_unit)


def test_same_initial_weights_without_a_bias_of_the_forget_gate():
    check_initial_weights(PLAIN_LSTM, unit_forget_bias=False)


def test_default_initial_weights(unit):
    layer = unit.make(SIZE)
    layer.build((None, None, FEATURES))
    weights = {weight.name: weight.numpy() for weight in layer.weights}
    kernel, recurrent = weights["kernel"], weights["recurrent_kernel"]
    limit = np.sqrt(6 / sum(kernel.shape))
    assert np.all(np.abs(kernel) < limit)
    assert np.max(np.abs(kernel)) > limit / 2
    np.testing.assert_allclose(recurrent @ recurrent.T, np.eye(SIZE), atol=1e-5)
    bias = np.zeros_like(weights["bias"])
    if unit in (PEEPHOLE_LSTM, PLAIN_LSTM):
        bias[SIZE : 2 * SIZE] = 1
    np.testing.assert_array_equal(weights["bias"], bias)
    np.testing.assert_array_equal(weights.get("peephole_kernel", 0), 0)


def test_peephole_initializer():
    layer = PEEPHOLE_LSTM.make(
        SIZE, peephole_initializer="ones", unit_forget_bias=False
    )
    layer.build((None, None, FEATURES))
    *_, bias, peepholes = layer.get_weights()
    np.testing.assert_array_equal(bias, np.zeros(4 * SIZE))
    np.testing.assert_array_equal(peepholes, np.ones((3, SIZE)))
