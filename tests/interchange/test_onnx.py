"""ONNX models run by onnxruntime give the outputs of the layers, and back."""

import keras
import numpy as np
import pytest

from keras_gated.interchange import export_onnx, from_onnx, to_onnx
from keras_gated.layers import (
    GRU,
    BernoulliHead,
    MDNHead,
    PeepholeLSTM,
    PeepholeLSTMCell,
    SimpleRNN,
    WeightNoise,
)
from keras_gated.models import sequence_model
from tests import needs
from tests.interchange.onnx_nodes import model_of
from tests.interchange.peers import (
    FEATURES,
    SIZE,
    assert_close,
    assert_same_weights,
    inputs,
    make,
    outputs_of,
)
from tests.units import random_weights, randomise

onnx = needs.package("onnx")
onnxruntime = needs.package("onnxruntime")

SIZES = [(2, 6), (1, 1), (5, 13)]
LAYERS = [
    pytest.param(PeepholeLSTM, {}, id="lstm"),
    pytest.param(PeepholeLSTM, {"use_peepholes": False}, id="plain lstm"),
    pytest.param(PeepholeLSTM, {"use_bias": False, "activation": "relu"}, id="relu"),
    pytest.param(GRU, {}, id="gru"),
    pytest.param(GRU, {"reset_after": True}, id="gru reset after"),
    pytest.param(GRU, {"reset_after": True, "use_bias": False}, id="gru no bias"),
    pytest.param(SimpleRNN, {}, id="tanh"),
    pytest.param(keras.layers.LSTM, {}, id="Keras lstm"),
    pytest.param(keras.layers.GRU, {"reset_after": False}, id="Keras gru"),
]


def run(model, x):
    session = onnxruntime.InferenceSession(model.SerializeToString())
    return session.run(["outputs"], {"inputs": x})[0]


def randomised(model):
    model.set_weights(random_weights(model))
    return model


@pytest.mark.parametrize(("layer_class", "arguments"), LAYERS)
def test_a_layer_there_and_back(layer_class, arguments):
    layer = make(layer_class, **arguments)
    model = to_onnx(layer)
    assert_close(run(model, inputs()), outputs_of(layer, inputs()))
    back = from_onnx(model, return_sequences=True)
    assert_close(outputs_of(back, inputs()), outputs_of(layer, inputs()))
    if layer_class.__module__.startswith("keras_gated"):
        assert_same_weights(back, layer)


def test_the_last_output():
    layer = randomise(PeepholeLSTM(SIZE), FEATURES)
    model = to_onnx(layer)
    assert_close(run(model, inputs()), outputs_of(layer, inputs()))
    (output,) = model.graph.output
    assert len(output.type.tensor_type.shape.dim) == 2


@pytest.mark.parametrize(
    ("unit", "head_class", "sizes"),
    [("lstm", MDNHead, (2, 3)), ("gru", BernoulliHead, (5,))],
)
def test_the_models_of_the_study_at_any_size(unit, head_class, sizes, tmp_path):
    model = sequence_model(unit, SIZE, head_class(*sizes), FEATURES, weight_noise=0.1)
    randomised(model)
    path = tmp_path / "model.onnx"
    export_onnx(model, path)
    session = onnxruntime.InferenceSession(path)
    for batch, time in SIZES:
        x = inputs(batch, time)
        (found,) = session.run(None, {"inputs": x})
        assert_close(found, outputs_of(model, x))
    layer = from_onnx(path, return_sequences=True)
    recurrent = model.layers[1].layer
    assert_close(outputs_of(layer, inputs()), outputs_of(recurrent, inputs()))


def test_a_cell_in_a_layer_of_keras():
    cell = PeepholeLSTMCell(SIZE)
    layer = randomise(keras.layers.RNN(cell, return_sequences=True), FEATURES)
    assert_close(run(to_onnx(layer), inputs()), outputs_of(layer, inputs()))


def test_a_deep_chain():
    model = keras.Sequential(
        [
            keras.Input((None, FEATURES)),
            keras.layers.Dense(5, "tanh"),
            WeightNoise(PeepholeLSTM(SIZE, return_sequences=True, name="first")),
            keras.layers.Dropout(0.5),
            GRU(3, name="second"),
            keras.layers.Dense(4, "relu", use_bias=False),
            keras.layers.Dense(3, "sigmoid"),
            keras.layers.Dense(2, "softmax"),
        ]
    )
    randomised(model)
    exported = to_onnx(model)
    assert_close(run(exported, inputs()), outputs_of(model, inputs()))
    assert from_onnx(exported, node="first").units == SIZE
    assert type(from_onnx(exported, node="second")) is GRU
    with pytest.raises(ValueError, match=r"from \['first', 'second'\]"):
        from_onnx(exported)
    with pytest.raises(ValueError, match="no recurrent node 'third'"):
        from_onnx(exported, node="third")


@pytest.mark.parametrize("name", ["LSTM", "GRU", "RNN"])
def test_both_directions_of_a_node(name):
    rng = np.random.default_rng(5)
    gates = {"LSTM": 4, "GRU": 3, "RNN": 1}[name]
    shapes = {
        "W": (2, gates * SIZE, FEATURES),
        "R": (2, gates * SIZE, SIZE),
        "B": (2, 2 * gates * SIZE),
    }
    operands = ["X", "W", "R", "B"]
    if name == "LSTM":
        shapes["P"] = (2, 3 * SIZE)
        operands += ["", "", "", "P"]
    node = onnx.helper.make_node(
        name, operands, ["outputs"], hidden_size=SIZE, direction="bidirectional"
    )
    model = model_of(node, {k: rng.normal(0, 0.7, s) for k, s in shapes.items()})
    x = inputs()
    session = onnxruntime.InferenceSession(model.SerializeToString())
    (found,) = session.run(None, {"X": x.swapaxes(0, 1)})
    ahead = from_onnx(model, return_sequences=True)
    back = from_onnx(model, reverse=True, return_sequences=True, go_backwards=True)
    assert_close(outputs_of(ahead, x), found[:, 0].swapaxes(0, 1))
    assert_close(outputs_of(back, x)[:, ::-1], found[:, 1].swapaxes(0, 1))
