"""What `model.export` of Keras writes computes the same, where it works.

docs/weights.md has the table of what works; here is each of its cells that does.
"""

import keras
import numpy as np
import pytest

from keras_gated.layers import BernoulliHead
from keras_gated.models import sequence_model
from tests import needs
from tests.interchange.peers import FEATURES, SIZE, assert_close, inputs, outputs_of
from tests.units import random_weights

STATIC = {"input_signature": [keras.InputSpec("float32", (2, 6, FEATURES))]}

pytestmark = [
    # The exporters warn of their own future.
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.parametrize("unit", ["lstm", "gru", "tanh"]),
]


@pytest.fixture
def model(unit):
    model = sequence_model(unit, SIZE, BernoulliHead(5), FEATURES, weight_noise=0.1)
    model.set_weights(random_weights(model))
    # Keras exports to ONNX what has been called before.
    model(inputs())
    return model


def only_on(backend, *backends):
    if backend not in backends:
        pytest.skip(f"works on {' and '.join(backends)}")


@pytest.mark.parametrize("signature", [{}, STATIC], ids=["any length", "fixed"])
def test_saved_model(model, backend, signature, tmp_path):
    only_on(backend, "jax", "tensorflow")
    tf = needs.package("tensorflow")
    model.export(tmp_path, format="tf_saved_model", verbose=False, **signature)
    loaded = tf.saved_model.load(tmp_path)
    assert_close(loaded.serve(inputs()).numpy(), outputs_of(model, inputs()))
    if not signature:
        x = inputs(3, 4)
        assert_close(loaded.serve(x).numpy(), outputs_of(model, x))


def test_onnx_of_any_length(model, backend, tmp_path):
    only_on(backend, "jax", "tensorflow")
    needs.package({"jax": "jax2onnx", "tensorflow": "tf2onnx"}[backend])
    path = tmp_path / "model.onnx"
    model.export(path, format="onnx", verbose=False)
    for x in (inputs(), inputs(3, 4)):
        assert_close(run_onnx(path, x), outputs_of(model, x))


def test_onnx_of_fixed_length(model, backend, tmp_path, monkeypatch):
    only_on(backend, "jax", "torch")
    # jax2onnx does not know the custom call: docs/native.md.
    monkeypatch.setenv("KERAS_GATED_NATIVE", "0")
    needs.package({"jax": "jax2onnx", "torch": "onnxscript"}[backend])
    path = tmp_path / "model.onnx"
    model.export(path, format="onnx", verbose=False, **STATIC)
    assert_close(run_onnx(path, inputs()), outputs_of(model, inputs()))


def test_onnx_by_tracing_one_step(model, backend, tmp_path):
    """Of a free length PyTorch sees one step; what it writes is right for that one."""
    only_on(backend, "torch")
    path = tmp_path / "model.onnx"
    model.export(path, format="onnx", verbose=False)
    assert_close(run_onnx(path, inputs(1, 1)), outputs_of(model, inputs(1, 1)))


def test_litert_of_fixed_length(model, backend, tmp_path):
    only_on(backend, "tensorflow")
    interpreter = needs.package("ai_edge_litert.interpreter")
    import tensorflow as tf

    path = tmp_path / "model.tflite"
    builtins = {"supported_ops": [tf.lite.OpsSet.TFLITE_BUILTINS]}
    model.export(path, format="litert", verbose=False, target_spec=builtins, **STATIC)
    loaded = interpreter.Interpreter(str(path))
    (found,) = loaded.get_signature_runner()(**named(loaded, inputs())).values()
    assert_close(found, outputs_of(model, inputs()))


def test_torch_of_fixed_length(model, backend, tmp_path):
    only_on(backend, "torch")
    import torch

    path = tmp_path / "model.pt2"
    model.export(path, format="torch", verbose=False, **STATIC)
    loaded = torch.export.load(path).module()
    found = loaded(torch.from_numpy(inputs())).detach().numpy()
    assert_close(found, outputs_of(model, inputs()))


def run_onnx(path, x):
    onnxruntime = needs.package("onnxruntime")
    session = onnxruntime.InferenceSession(path)
    (given,) = session.get_inputs()
    return session.run(None, {given.name: x})[0]


def named(loaded, x):
    (signature,) = loaded.get_signature_list().values()
    (name,) = signature["inputs"]
    return {name: np.asarray(x)}
