"""Saved models in processes that know nothing of the one that saved them."""

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

import keras_gated
from keras_gated.initializers import Chrono
from keras_gated.layers import GRU, BernoulliHead, PeepholeLSTM, WeightNoise
from keras_gated.losses import BernoulliNLL
from keras_gated.metrics import MeanNLL

ROOT = Path(__file__).resolve().parents[1]
ALL_MODULES = """
import importlib, pkgutil, keras, keras_gated
names = lambda: {n for n in keras.saving.get_custom_objects() if "keras_gated" in n}
before = names()
for module in pkgutil.walk_packages(keras_gated.__path__, "keras_gated."):
    if ".recurrence" not in module.name and ".backends" not in module.name:
        importlib.import_module(module.name)
print([sorted(before), sorted(names())])
"""


@pytest.fixture
def saved(tmp_path):
    """A file, and what its model predicts for ones."""
    loss = BernoulliNLL()
    model = keras.Sequential(
        [
            keras.Input((None, 3)),
            WeightNoise(PeepholeLSTM(2, return_sequences=True), stddev=0.1),
            GRU(2, bias_initializer=Chrono(9), return_sequences=True),
            BernoulliHead(3),
        ]
    )
    model.compile("sgd", loss, weighted_metrics=[MeanNLL(loss)])
    x = np.ones((1, 2, 3), "float32")
    model.fit(x, x, verbose=0)
    model.save(tmp_path / "model.keras")
    return tmp_path / "model.keras", keras.ops.convert_to_numpy(model(x))


def fresh(program):
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )


@pytest.mark.once
def test_the_package_alone_registers_all_that_is_saved():
    result = fresh(ALL_MODULES)
    assert result.returncode == 0, result.stderr
    before, after = ast.literal_eval(result.stdout.splitlines()[-1])
    assert before == after
    assert {"keras_gated>GRU", "keras_gated>MeanNLL", "keras_gated>Chrono"} <= {*before}


@pytest.mark.once
def test_a_model_in_another_process(saved):
    path, expected = saved
    program = f"""
import keras_gated, numpy as np
model = keras_gated.load_model({str(path)!r})
assert isinstance(model.loss, keras_gated.losses.BernoulliNLL)
print(model.predict(np.ones((1, 2, 3), "float32"), verbose=0).tolist())
"""
    result = fresh(program)
    assert result.returncode == 0, result.stderr
    found = ast.literal_eval(result.stdout.splitlines()[-1])
    np.testing.assert_allclose(found, expected, 1e-5, 1e-6)


@pytest.mark.once
def test_the_page_of_errors_has_the_words_of_keras(saved):
    program = f"import keras; keras.models.load_model({str(saved[0])!r})"
    error = fresh(program)
    assert error.returncode == 1
    page = (ROOT / "docs" / "troubleshooting.md").read_text()
    words = page.partition("#could-not-locate-class")[2].split("```")[1]
    for line in words.splitlines()[1:]:
        assert line.replace("'GRU'", "'WeightNoise'") in error.stderr


def test_takes_what_keras_takes(tmp_path):
    ours, theirs = keras_gated.load_model, keras.models.load_model
    names = [
        [(p.name, p.default) for p in inspect.signature(function).parameters.values()]
        for function in (ours, theirs)
    ]
    assert names[0] == names[1]

    def twice(x):
        return 2 * x

    model = keras.Sequential([keras.Input((None, 3)), keras.layers.Dense(2, twice)])
    model.compile("sgd", "mse")
    path = tmp_path / "model.keras"
    model.save(path)
    loaded = ours(path, custom_objects={"twice": twice}, compile=False)
    assert loaded.layers[0].activation is twice
    assert not loaded.compiled

    unsafe = keras.Sequential([keras.Input((3,)), keras.layers.Lambda(lambda x: x + 1)])
    unsafe.save(path)
    with pytest.raises(ValueError, match="Lambda"):
        ours(path)
    assert ours(path, safe_mode=False).layers[0].name == unsafe.layers[0].name
