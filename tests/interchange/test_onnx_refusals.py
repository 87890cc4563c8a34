"""What ONNX and this package do not both have is refused, and named."""

import sys

import keras
import numpy as np
import pytest

from keras_gated.interchange import export_onnx, from_onnx, to_onnx
from keras_gated.layers import GRU, PeepholeLSTM, SimpleRNN
from tests import needs
from tests.interchange.onnx_nodes import model_of
from tests.interchange.peers import FEATURES, SIZE, make

onnx = needs.package("onnx")


def sequential(*layers):
    return keras.Sequential([keras.Input((None, FEATURES)), *layers])


def branched():
    inputs = keras.Input((None, FEATURES))
    outputs = GRU(SIZE, return_sequences=True)(inputs)
    return keras.Model(inputs, keras.layers.add([outputs, outputs]))


def skipping():
    inputs = keras.Input((None, FEATURES))
    keras.layers.Dense(2)(inputs)
    hidden = GRU(SIZE, return_sequences=True, name="recurrent")(inputs)
    outputs = keras.layers.Dense(2, name="head")(hidden)
    return keras.Model(inputs, [outputs, hidden])


MODELS = {
    "masking": (lambda: sequential(keras.layers.Masking(name="mask")), "'mask'"),
    "bidirectional": (
        lambda: sequential(keras.layers.Bidirectional(GRU(2), name="both")),
        "'both' is a Bidirectional",
    ),
    "activation": (
        lambda: sequential(keras.layers.Dense(2, "gelu", name="top")),
        "'top' has the activation 'gelu'",
    ),
    "recurrent activation": (
        lambda: sequential(GRU(2, activation="elu", name="gated")),
        "'gated' has the activation 'elu'",
    ),
    "backwards": (
        lambda: sequential(SimpleRNN(2, go_backwards=True, name="back")),
        "'back' has go_backwards=True",
    ),
    "zoneout": (
        lambda: sequential(PeepholeLSTM(2, zoneout=(0, 0.5), name="zoned")),
        r"'zoned' has zoneout=\(0, 0.5\)",
    ),
    "branches": (branched, "is a Add|not take what the layer before"),
    "outputs": (skipping, "one input and one output"),
    "inputs": (
        lambda: keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)]),
        r"\(None, 4\)",
    ),
    "unbuilt": (lambda: keras.Sequential([GRU(2)]), "no weights yet"),
    "unbuilt layer": (lambda: PeepholeLSTM(2), "no weights yet"),
    "no layer": (lambda: keras.layers.Dense(2), "one recurrent layer"),
}


@pytest.mark.parametrize("name", MODELS)
def test_models_that_cannot_be_written(name, tmp_path):
    make_model, message = MODELS[name]
    path = tmp_path / "model.onnx"
    with pytest.raises(ValueError, match=message):
        export_onnx(make_model(), path)
    assert not path.exists()


TENSORS = {
    "W": np.zeros((1, 4 * SIZE, FEATURES)),
    "R": np.zeros((1, 4 * SIZE, SIZE)),
}

NODES = {
    "clip": ({"clip": 3.0}, r"clips .* 3\.0"),
    "coupled": ({"input_forget": 1}, "couples its gates"),
    "activations": (
        {"activations": ["HardSigmoid", "Tanh", "Tanh"]},
        r"\['HardSigmoid'\]",
    ),
    "too few activations": ({"activations": ["Sigmoid"]}, r"needs \d activations"),
    "two activations": (
        {"activations": ["Sigmoid", "Tanh", "Relu"]},
        "one activation for both",
    ),
    "direction": ({"direction": "reverse"}, "reverse=True"),
}


@pytest.mark.parametrize("name", NODES)
def test_nodes_that_cannot_be_read(name):
    attributes, message = NODES[name]
    node = onnx.helper.make_node(
        "LSTM", ["X", "W", "R"], ["outputs"], hidden_size=SIZE, **attributes
    )
    with pytest.raises(ValueError, match=message):
        from_onnx(model_of(node, TENSORS))


def test_weights_that_are_computed_in_the_graph():
    node = onnx.helper.make_node(
        "LSTM", ["X", "W", "other"], ["outputs"], hidden_size=SIZE
    )
    with pytest.raises(ValueError, match="'outputs' is computed in the graph"):
        from_onnx(model_of(node, TENSORS))


def test_a_model_without_recurrent_nodes():
    node = onnx.helper.make_node("Identity", ["X"], ["outputs"])
    with pytest.raises(ValueError, match="no LSTM, GRU or RNN"):
        from_onnx(model_of(node, {}))


def test_without_onnx(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ImportError, match=r"keras_gated\[onnx\]"):
        to_onnx(make(GRU))


def test_a_broken_file_is_named(tmp_path):
    path = tmp_path / "broken.onnx"
    path.write_bytes(b"no model")
    with pytest.raises(ValueError, match=r"broken\.onnx is no ONNX model"):
        from_onnx(path)


def test_a_file_elsewhere_is_refused(tmp_path):
    layer = PeepholeLSTM(2)
    layer.build((None, None, 3))
    model = to_onnx(layer)
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "../../etc/passwd"
    path = tmp_path / "elsewhere.onnx"
    path.write_bytes(model.SerializeToString())
    with pytest.raises(ValueError, match=r"elsewhere\.onnx is no ONNX model"):
        from_onnx(path)


@pytest.mark.parametrize("dims", [[1, 12, 2], [12, 2], [1, 9, 3], []])
def test_weights_of_other_shapes_are_refused(dims):
    layer = PeepholeLSTM(2)
    layer.build((None, None, 3))
    model = to_onnx(layer)
    model.graph.initializer[0].CopyFrom(
        onnx.numpy_helper.from_array(
            np.zeros(dims, "float32"), model.graph.initializer[0].name
        )
    )
    with pytest.raises(ValueError, match="has weights of the shapes"):
        from_onnx(model)
