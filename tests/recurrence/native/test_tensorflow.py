"""The C++ loops in the graphs, files and devices of TensorFlow."""

import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from keras_gated.recurrence.native.library import SWITCH
from tests import needs
from tests.recurrence.native.tensorflow_cases import (
    BATCH,
    FEATURES,
    LSTM,
    SIZE,
    TIME,
    UNKNOWN,
    WAYS,
    inputs,
    layers,
    only_on_tensorflow,
    tf,
    weights_of,
)
from tests.units import randomise

pytestmark = only_on_tensorflow

if keras.backend.backend() == "tensorflow":
    from keras_gated.recurrence import _tensorflow_private as private
    from keras_gated.recurrence.native import tensorflow as binding

ROOT = Path(__file__).resolve().parents[3]
CALL = "XlaCallModule"


def operators(graph):
    """The types of all operators of a graph and of the functions that it calls."""
    definition = graph.as_graph_def()
    bodies = (function.node_def for function in definition.library.function)
    return {node.op for nodes in (definition.node, *bodies) for node in nodes}


def model_of(unit, **arguments):
    layer = unit.make(SIZE, **arguments)
    return keras.Sequential([keras.Input((None, FEATURES)), randomise(layer, FEATURES)])


def test_graph_that_is_run_here_has_the_call_and_an_exported_one_has_not(tmp_path):
    """Also where it was traced before for being run."""
    module = tf.Module()
    module.model = model_of(LSTM)
    module.function = tf.function(lambda x: module.model(x))
    expected = module.function(inputs())
    (traced,) = module.function._list_all_concrete_functions()
    assert CALL in operators(traced.graph)
    tf.saved_model.save(module, tmp_path / "saved")
    again = tf.saved_model.load(tmp_path / "saved")
    (loaded,) = again.function.concrete_functions
    assert CALL not in operators(loaded.graph)
    assert CALL not in (tmp_path / "saved" / "saved_model.pb").read_bytes().decode(
        "latin"
    )
    np.testing.assert_allclose(again.function(inputs()), expected, rtol=1e-4, atol=1e-6)


def test_exported_model_has_no_call(unit, tmp_path):
    model = model_of(unit, return_sequences=True)
    expected = model.predict(inputs(), verbose=0)
    model.export(tmp_path / "exported", verbose=False)
    content = (tmp_path / "exported" / "saved_model.pb").read_bytes()
    assert CALL.encode() not in content
    again = tf.saved_model.load(tmp_path / "exported")
    for x in (inputs(), inputs(batch=1, time=2)):
        np.testing.assert_allclose(again.serve(x), model(x), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(again.serve(inputs()), expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_trains_and_predicts(unit, jit_compile, monkeypatch):
    """The numbers of the loop of TensorFlow, at sizes that a graph does not know."""
    x = [inputs(batch, time, seed=batch) for batch, time in ((4, 5), (2, 5), (3, 8))]
    y = [tf.ones((len(batch), batch.shape[1], SIZE)) for batch in x]
    found = []
    for switch in ("1", "0"):
        monkeypatch.setenv(SWITCH, switch)
        keras.utils.set_random_seed(1)
        model = model_of(unit, return_sequences=True)
        model.compile(keras.optimizers.SGD(0.1), "mse", jit_compile=jit_compile)
        losses = [model.train_on_batch(*pair) for pair in zip(x, y, strict=True)]
        losses += model.fit(x[0], y[0], batch_size=3, verbose=0).history["loss"]
        losses.append(model.evaluate(x[0], y[0], batch_size=3, verbose=0))
        outputs = model.predict(x[0], batch_size=3, verbose=0)
        found.append(np.concatenate([np.ravel(losses), np.ravel(outputs)]))
    np.testing.assert_allclose(*found, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("way", ["graph of any length", "compiled for any length"])
@pytest.mark.parametrize(("batch", "time"), [(0, 5), (1, 1)])
def test_sizes_that_come_when_the_graph_is_run(unit, way, batch, time):
    native, _ = layers(unit)

    def compute(x):
        with tf.GradientTape() as tape:
            outputs = native(x)
        return outputs, *tape.gradient(outputs, native.trainable_variables)

    x = inputs(batch, time)
    found, expected = WAYS[way](compute)(x), compute(x)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_masks_and_dropout_in_a_graph_of_any_length(unit):
    mask = np.arange(TIME) < np.array([[5], [3], [0]])
    native, generic = layers(unit)

    def compute(layer, x, mask):
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = tf.reduce_sum(layer(x, mask=mask) ** 2)
        return tape.gradient(loss, [x, *weights_of(layer)])

    known = [*UNKNOWN, tf.TensorSpec((None, None), tf.bool)]
    graph = tf.function(lambda x, mask: compute(native, x, mask), known)
    expected = compute(generic, inputs(), mask)
    for one, other in zip(graph(inputs(), mask), expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("lacks", ["operator", "function"])
def test_reason_names_what_tensorflow_lacks(lacks, monkeypatch):
    if lacks == "operator":
        name = "tensorflow.compiler.tf2xla.ops.gen_xla_ops"
        monkeypatch.setitem(sys.modules, name, None)
    else:
        monkeypatch.setattr(private, "INTERFACE", "no_such_function")
    for function in (private.lacks_custom_calls, binding._registered):
        function.cache_clear()
    try:
        path = LSTM.make(SIZE).recurrence
        assert path.name == "hand-written"
        assert f"TensorFlow {tf.__version__} lacks" in path.reason
        assert ("no_such_function" if lacks == "function" else name) in path.reason
        assert model_of(LSTM)(inputs()).shape == (BATCH, SIZE)
    finally:
        monkeypatch.undo()
        for function in (private.lacks_custom_calls, binding._registered):
            function.cache_clear()


@pytest.mark.parametrize("first", ["jax", "tensorflow"])
@pytest.mark.parametrize("backend", ["jax", "tensorflow"])
def test_both_runtimes_in_one_process(first, backend):
    """Each has an XLA of its own, with a register of its own."""
    needs.package("jax")
    code = (
        f"import {first}, jax, tensorflow, keras, numpy; import keras_gated.layers; "
        "layer = keras_gated.layers.PeepholeLSTM(4); "
        "assert layer.recurrence.name == 'native', layer.recurrence.reason; "
        "layer(keras.ops.ones((2, 5, 3)))"
    )
    environment = {**os.environ, "KERAS_BACKEND": backend}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, cwd=ROOT)


def test_mirrored_over_two_devices():
    """In a process of its own: devices are made before anything is computed."""
    subprocess.run(
        [sys.executable, "-m", "tests.recurrence.native.mirrored"],
        check=True,
        cwd=ROOT,
    )
