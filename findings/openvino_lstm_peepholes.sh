#!/usr/bin/env bash
# OpenVINO: peepholes, coupled gates and a second set of activations of an ONNX file are lost.
#
# Expected: a valid ONNX file gives in OpenVINO what it gives in onnxruntime, or is refused,
# as one with an activation is that OpenVINO lacks.
# Seen: of the operators LSTM, GRU and RNN the reader passes over the peephole weights (input
# P), over input_forget=1, and over the activations of the backward direction, which computes
# with those of the forward one. The output is that of a file without them. Nothing is said.
# Size: outputs that lie within 1 are off by 0.07 to 0.9 here, for each LSTM with peepholes
# or coupled gates and each bidirectional layer whose directions differ. sequence_lens, clip
# and linear_before_reset are right.
#
# No thread on these is known. openvinotoolkit/openvino#37820, open, tells the same of the
# attribute layout.
# What to do: compare with onnxruntime once after each conversion; write an LSTM with
# peepholes as a Loop or a Scan of plain operators.
#
# Seen on 2026-11-29 with openvino 2026.4.1, onnxruntime 1.32.0 and onnx 1.23.2 on a CPU.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --no-compile \
    openvino==2026.4.1 onnxruntime==1.32.0 onnx==1.23.2 numpy==2.4.6

cd "$room"
HOME=$room venv/bin/python - <<'END'
import importlib.metadata
import sys

import numpy as np
import onnx
import onnxruntime
import openvino

names = ("openvino", "onnxruntime", "onnx", "numpy")
print(", ".join(f"{name} {importlib.metadata.version(name)}" for name in names))
GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}
STEPS, BATCH, FEATURES, UNITS = 5, 2, 3, 4


def run(kind, inputs=(), **attributes):
    """The outputs of one recurrent operator, in onnxruntime and in OpenVINO."""
    rng = np.random.default_rng(0)
    n = 2 if attributes.get("direction") == "bidirectional" else 1
    rows = GATES[kind] * UNITS
    shapes = {
        "W": (n, rows, FEATURES),
        "R": (n, rows, UNITS),
        "B": (n, 2 * rows),
        "P": (n, 3 * UNITS),
    }
    weights = {
        name: rng.normal(scale=0.6, size=shape).astype("float32") for name, shape in shapes.items()
    }
    weights["sequence_lens"] = np.array([STEPS, 2], "int32")
    order = ["W", "R", "B", "sequence_lens", "", "", "P"]
    used = ["X", *(name if name in ("W", "R", "B", *inputs) else "" for name in order)]
    node = onnx.helper.make_node(
        kind, used[: 8 if "P" in inputs else 5], ["Y"], hidden_size=UNITS, **attributes
    )
    value = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        [node],
        "one",
        [value("X", onnx.TensorProto.FLOAT, [STEPS, BATCH, FEATURES])],
        [value("Y", onnx.TensorProto.FLOAT, [STEPS, n, BATCH, UNITS])],
        [onnx.numpy_helper.from_array(weights[name], name) for name in used if name in weights],
    )
    model = onnx.helper.make_model(
        graph, opset_imports=[onnx.helper.make_opsetid("", 21)], ir_version=10
    )
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, "one.onnx")
    x = rng.normal(size=(STEPS, BATCH, FEATURES)).astype("float32")
    session = onnxruntime.InferenceSession("one.onnx", providers=["CPUExecutionProvider"])
    core = openvino.Core()
    compiled = core.compile_model("one.onnx", "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return session.run(None, {"X": x})[0], compiled({"X": x})[0]


def far(left, right):
    return float(np.abs(left - right).max())


both = {"direction": "bidirectional"}
right = {
    "LSTM": ("LSTM", {}),
    "LSTM, sequence_lens": ("LSTM", {"inputs": ["sequence_lens"]}),
    "LSTM, clip": ("LSTM", {"clip": 0.3}),
    "GRU, linear_before_reset": ("GRU", {"linear_before_reset": 1}),
}
lost = {
    "LSTM, peepholes": ("LSTM", {"inputs": ["P"]}, {}),
    "LSTM, input_forget": ("LSTM", {"input_forget": 1}, {}),
    "LSTM, activations": (
        "LSTM",
        both | {"activations": ["Sigmoid", "Tanh", "Tanh", "Sigmoid", "Relu", "Relu"]},
        both,
    ),
    "GRU, activations": (
        "GRU",
        both | {"activations": ["Sigmoid", "Tanh", "Sigmoid", "Relu"]},
        both,
    ),
    "RNN, activations": ("RNN", both | {"activations": ["Tanh", "Relu"]}, both),
}
print("Expected: OpenVINO as far as rounding from onnxruntime.")
as_described = True
for name, (kind, options) in right.items():
    distance = far(*run(kind, **options))
    print(f"Seen: {name}: {distance:.1e} from onnxruntime")
    as_described &= distance < 1e-4
for name, (kind, options, without) in lost.items():
    expected, found = run(kind, **options)
    plain = run(kind, **without)[1]
    print(f"Seen: {name}: {far(expected, found):.2f} from onnxruntime, "
          f"{far(plain, found):.1e} from OpenVINO without")
    as_described &= far(expected, found) > 0.05 and far(plain, found) < 1e-6
print("as described" if as_described else "CHANGED")
sys.exit(not as_described)
END
