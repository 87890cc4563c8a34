#!/usr/bin/env bash
# onnx: the reference evaluator of LSTM, GRU and RNN leaves out lengths and settings.
#
# Expected: onnx.reference.ReferenceEvaluator, which is there to say what an operator means,
# heeds the inputs and attributes that the operator's page lists, or says that it does not.
# Seen: LSTM, GRU and RNN run on through the padding where sequence_lens is given, so that
# outputs behind the end are not zero and the last state is that of the padding; activations
# and input_forget of the LSTM, activations and clip of the GRU change nothing. onnx.checker
# passes each file. Nothing is said. onnxruntime follows the page in all of these, as do the
# equations written out below. Directions, initial states, peepholes and
# linear_before_reset are right in both.
# Size: an exporter that is tested against the evaluator passes with the lengths, or coupled
# gates, lost; one that is right fails. With two sequences of 6 and 3 steps the last states
# are off by as much as they are large.
#
# Where it was discussed: no thread on the evaluator is known. It stands in its source, where
# these parameters are taken and not used. Of another runtime the like is told in
# https://github.com/sonos/tract/issues/2751.
# What to do: test recurrent operators against onnxruntime, or against a loop of your own.
#
# Seen on 2026-11-29 with onnx 1.23.2 and onnxruntime 1.32.0 on a CPU.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --no-compile onnx==1.23.2 onnxruntime==1.32.0 \
    numpy==2.4.6

cd "$room"
venv/bin/python - <<'END'
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

print(f"onnx {onnx.__version__}, onnxruntime {onnxruntime.__version__}")
STEPS, BATCH, FEATURES, UNITS = 6, 2, 3, 4
LENGTHS = np.array([6, 3], "int32")
GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
rng = np.random.default_rng(0)
x = rng.normal(size=(STEPS, BATCH, FEATURES)).astype("float32")


def weights_of(op):
    columns = GATES[op] * UNITS
    shapes = {"W": (columns, FEATURES), "R": (columns, UNITS), "B": (2 * columns,)}
    return {n: rng.normal(size=(1, *s)).astype("float32") for n, s in shapes.items()}


def model_of(op, weights, lengths, settings):
    inputs = ["x", *weights] + (["lengths"] if lengths is not None else [])
    arrays = weights if lengths is None else {**weights, "lengths": lengths}
    node = helper.make_node(op, inputs, ["y", "last"], hidden_size=UNITS, **settings)
    shapes = {"y": (STEPS, 1, BATCH, UNITS), "last": (1, BATCH, UNITS)}
    graph = helper.make_graph(
        [node],
        "recurrent",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, x.shape)],
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in shapes.items()],
        [numpy_helper.from_array(array, name) for name, array in arrays.items()],
    )
    opsets = [helper.make_opsetid("", 14)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    onnx.checker.check_model(model)
    return model


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def relu(z):
    return np.maximum(z, 0)


def by_hand(op, weights, lengths, settings):
    """The equations of the operator's page, step by step."""
    kernel, recurrent = weights["W"][0].T, weights["R"][0].T
    bias, recurrent_bias = np.split(weights["B"][0], 2)
    limit = settings.get("clip", np.inf)
    is_relu = "Relu" in settings.get("activations", ())
    coupled = bool(settings.get("input_forget"))
    h = c = np.zeros((BATCH, UNITS))
    ends = np.full(BATCH, STEPS) if lengths is None else lengths
    y = np.zeros((STEPS, 1, BATCH, UNITS))
    for t in range(STEPS):
        sums = x[t] @ kernel + bias + h @ recurrent + recurrent_bias
        if op == "LSTM":
            i, o, f, candidate = np.split(sums, 4, axis=1)
            i, o = sigmoid(i), sigmoid(o)
            f = 1 - i if coupled else sigmoid(f)
            c_new = f * c + i * np.tanh(candidate)
            new = o * (relu if is_relu else np.tanh)(c_new)
        elif op == "GRU":
            z, r, _ = np.split(sums, 3, axis=1)
            z, r = (sigmoid(np.clip(gate, -limit, limit)) for gate in (z, r))
            columns = slice(2 * UNITS, None)
            candidate = x[t] @ kernel[:, columns] + (r * h) @ recurrent[:, columns]
            candidate += bias[columns] + recurrent_bias[columns]
            candidate = np.clip(candidate, -limit, limit)
            candidate = (relu if is_relu else np.tanh)(candidate)
            c_new, new = c, (1 - z) * candidate + z * h
        else:
            c_new, new = c, np.tanh(sums)
        goes_on = (t < ends)[:, None]
        y[t, 0] = np.where(goes_on, new, 0)
        h, c = np.where(goes_on, new, h), np.where(goes_on, c_new, c)
    return y, h[None]


CASES = [
    *((op, None, {}, True) for op in GATES),
    *((op, LENGTHS, {}, False) for op in GATES),
    ("LSTM", None, {"activations": ["Sigmoid", "Tanh", "Relu"]}, False),
    ("LSTM", None, {"input_forget": 1}, False),
    ("GRU", None, {"activations": ["Sigmoid", "Relu"]}, False),
    ("GRU", None, {"clip": 0.5}, False),
]
print("Expected: zeros, to rounding. Seen: outputs and last states that are off by up to")
as_described = True
for op, lengths, settings, is_plain in CASES:
    weights = weights_of(op)
    model = model_of(op, weights, lengths, settings)
    wanted = by_hand(op, weights, lengths, settings)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    found = {
        "onnxruntime": session.run(None, {"x": x}),
        "evaluator": ReferenceEvaluator(model).run(None, {"x": x}),
    }
    off = {
        name: [float(np.abs(a - b).max()) for a, b in zip(arrays, wanted, strict=True)]
        for name, arrays in found.items()
    }
    what = "with sequence_lens" if lengths is not None else settings or "plain"
    print(f"  {op}, {what}: ", end="")
    print("; ".join(f"{name} {a:.0e} and {b:.0e}" for name, (a, b) in off.items()))
    as_described &= max(off["onnxruntime"]) < 1e-5
    if is_plain:
        as_described &= max(off["evaluator"]) < 1e-5
    else:
        as_described &= min(off["evaluator"]) > 0.05
print("as described" if as_described else "CHANGED")
sys.exit(not as_described)
END
