"""Weights of other frameworks: ONNX files, and the shapes of state dictionaries."""

import functools
import json
import math
import random

import keras
import numpy as np
import onnx

from keras_gated.interchange import from_flax, from_onnx, from_torch, to_flax, to_onnx
from keras_gated.layers import GRU, PeepholeLSTM, SimpleRNN
from tests.fuzz.corruptions import replace_token
from tests.fuzz.reader import Reader, demand

TOKENS = (
    b"LSTM",
    b"GRU\0",
    b"RNN",
    b"hidden_size",
    b"activations",
    b"direction",
    b"clip",
    b"input_forget",
    b"linear_before_reset",
    b"forward",
    b"reverse",
    b"bidirectional",
    b"Tanh",
    b"Sigmoid",
    b"Affine",
)


@functools.cache
def layers():
    # Otherwise names depend on what was read before, and with them every case.
    keras.utils.clear_session()
    found = (
        PeepholeLSTM(2),
        PeepholeLSTM(3, use_peepholes=False, use_bias=False),
        GRU(2, reset_after=True),
        SimpleRNN(2, activation="relu"),
    )
    for layer in found:
        layer.build((None, None, 3))
    return found


@functools.cache
def onnx_files():
    return {
        f"{number} {layer.name}": to_onnx(layer).SerializeToString()
        for number, layer in enumerate(layers())
    }


def hostile_onnx():
    def changed(change):
        model = onnx.load_from_string(next(iter(onnx_files().values())))
        change(model.graph)
        return model.SerializeToString()

    def huge(graph):
        graph.initializer[0].dims[:] = [2**40, 2**20]

    def negative(graph):
        graph.initializer[0].dims[:] = [-1, -5]

    def no_axes(graph):
        del graph.initializer[0].dims[:]

    def elsewhere(graph):
        tensor = graph.initializer[0]
        tensor.ClearField("raw_data")
        tensor.data_location = onnx.TensorProto.EXTERNAL
        for key, value in (("location", "../../../../etc/passwd"), ("length", "48")):
            entry = tensor.external_data.add()
            entry.key, entry.value = key, value

    def of_kind(kind):
        def change(graph):
            graph.initializer[0].data_type = kind

        return change

    def no_outputs(graph):
        for node in graph.node:
            del node.output[:]

    def constants(graph):
        graph.node.add(op_type="Constant", output=["a"])

    changes = {
        "huge": huge,
        "negative": negative,
        "no axes": no_axes,
        "a file elsewhere": elsewhere,
        "no outputs": no_outputs,
        "a constant of nothing": constants,
        **{f"numbers of kind {kind}": of_kind(kind) for kind in (0, 2, 7, 8, 14, 99)},
    }
    files = {name: changed(change) for name, change in changes.items()}
    return {**files, "nothing": b"", "text": b"no model", "deep": b"\x3a\x02" * 50000}


def check_layer(found):
    demand(isinstance(found, PeepholeLSTM | GRU | SimpleRNN), f"a {type(found)}")
    demand(found.built and found.cell.recurrent_kernel.shape[0] == found.units, "size")


def shapes_of(tree):
    return {
        key: shapes_of(value) if isinstance(value, dict) else list(np.shape(value))
        for key, value in tree.items()
    }


def arrays_of(tree):
    if not isinstance(tree, dict):
        return zeros(tree)
    return {key: arrays_of(value) for key, value in tree.items()}


def zeros(shape):
    if not isinstance(shape, list) or not all(isinstance(n, int) for n in shape):
        raise ValueError(f"{shape!r} is no shape")
    if math.prod(shape) > 10**6:
        raise ValueError(f"the shape {shape} is not tried")
    return np.zeros(tuple(shape), "float32")


@functools.cache
def torch_shapes():
    files = {}
    for gates in (1, 3, 4):
        state = {
            "weight_ih_l0": [gates * 2, 3],
            "weight_hh_l0": [gates * 2, 2],
            "bias_ih_l0": [gates * 2],
            "bias_hh_l0": [gates * 2],
        }
        files[f"{gates} gates"] = json.dumps(state).encode()
    return files


@functools.cache
def flax_shapes():
    return {
        layer.name: json.dumps(shapes_of(to_flax(layer))).encode()
        for layer in layers()[2:3]
    } | {
        "simple": json.dumps(
            {"i": {"kernel": [3, 2], "bias": [2]}, "h": {"kernel": [2, 2]}}
        ).encode()
    }


def spoil_shapes(rng: random.Random, content: bytes) -> bytes:
    """Drops an array, gives it another shape or another name."""
    tree = json.loads(content)
    inner = tree
    key = rng.choice(sorted(inner))
    if isinstance(inner[key], dict) and rng.random() < 0.8:
        inner = inner[key]
        key = rng.choice(sorted(inner))
    match rng.randrange(4):
        case 0:
            del inner[key]
        case 1:
            inner[rng.choice(("unknown", "weight_hr_l0", "dense_i"))] = inner.pop(key)
        case _:
            inner[key] = [
                rng.choice((0, 1, 2, 3, 5, 8)) for _ in range(rng.randrange(4))
            ]
    return json.dumps(tree).encode()


def from_shapes(read):
    return lambda path: read(arrays_of(json.loads(path.read_bytes())))


READERS = {
    ".onnx": Reader(
        suffix=".onnx",
        read=from_onnx,
        check=check_layer,
        whole=onnx_files,
        hostile=hostile_onnx,
        # Where the model is whole, messages name its node.
        names="",
        spoil=lambda rng, content: replace_token(rng, content, TOKENS),
    ),
    "state_dict of torch": Reader(
        suffix=".json",
        read=from_shapes(from_torch),
        check=check_layer,
        whole=torch_shapes,
        spoil=spoil_shapes,
        names="",
        few=40,
        many=1000,
    ),
    "parameters of flax": Reader(
        suffix=".json",
        read=from_shapes(from_flax),
        check=check_layer,
        whole=flax_shapes,
        spoil=spoil_shapes,
        names="",
        few=40,
        many=1000,
    ),
}
