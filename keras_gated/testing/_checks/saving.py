"""Configs, clones and files."""

import json
import tempfile
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_gated.testing._arrays import FEATURES, assert_close, sequences
from keras_gated.testing._fresh import check_importable, run_fresh
from keras_gated.testing._subject import Subject, move_weights
from keras_gated.testing.check import layer_check

CONFIG, MODEL, WEIGHTS, OUTPUTS = "m.json", "m.keras", "m.weights.h5", "y.npy"


@layer_check("the config makes the same layer, also as JSON")
def config(subject: Subject) -> None:
    arguments = {"return_sequences": True, "go_backwards": True}
    layer = subject.built(**arguments, zero_output_for_mask=True, name="chosen")
    text = json.dumps(keras.saving.serialize_keras_object(layer))
    copies = {
        "from_config": type(layer).from_config(layer.get_config()),
        "deserialize": keras.saving.deserialize_keras_object(json.loads(text)),
    }
    for way, copy in copies.items():
        again = json.dumps(keras.saving.serialize_keras_object(copy))
        if _without_build(again) != _without_build(text):
            raise AssertionError(f"by {way} expected {text}; out came {again}.")
        if not copy.built:
            copy.build((None, None, FEATURES))
        copy.set_weights(layer.get_weights())
        assert_close(copy(sequences()), layer(sequences()), f"made by {way}")


@layer_check("clone_model gives the same model")
def cloning(subject: Subject) -> None:
    model = _model(subject)
    clone = keras.models.clone_model(model)
    if clone.get_config() != model.get_config():
        raise AssertionError(
            f"expected the config {model.get_config()}; out came {clone.get_config()}."
        )
    shared = {id(v) for v in model.variables} & {id(v) for v in clone.variables}
    if shared:
        raise AssertionError("expected weights of its own; the clone shares some.")
    clone.set_weights(model.get_weights())
    assert_close(clone(sequences()), model(sequences()), "the outputs of the clone")


@layer_check(".keras files in safe mode, and weights and config, give the same model")
def files(subject: Subject) -> None:
    model = _model(subject)
    with tempfile.TemporaryDirectory() as folder:
        save(model, Path(folder))
        check_files(Path(folder))


@layer_check("so they do in a new process", "exhaustive")
def fresh_process(subject: Subject) -> None:
    model = _model(subject)
    modules = check_importable(model.layers[-1])
    with tempfile.TemporaryDirectory() as folder:
        save(model, Path(folder))
        run_fresh("keras_gated.testing._load_fresh", [folder, *modules])


def save(model: Any, folder: Path) -> None:
    """Writes a model in three ways, and what it must put out."""
    model.save(folder / MODEL)
    model.save_weights(folder / WEIGHTS)
    (folder / CONFIG).write_text(model.to_json())
    np.save(folder / OUTPUTS, keras.ops.convert_to_numpy(model(sequences())))


def check_files(folder: Path) -> None:
    """Loads what `save` wrote and compares the outputs."""
    expected = np.load(folder / OUTPUTS)
    loaded = keras.saving.load_model(folder / MODEL, safe_mode=True)
    assert_close(loaded(sequences()), expected, "loaded from a .keras file")
    text = (folder / CONFIG).read_text()
    blank = keras.models.model_from_json(text)
    blank.load_weights(folder / WEIGHTS)
    assert_close(blank(sequences()), expected, "loaded from a config and weights")
    if json.loads(loaded.to_json())["config"] != json.loads(text)["config"]:
        raise AssertionError(
            f"expected the config {text}; out came {loaded.to_json()}."
        )


def _model(subject: Subject) -> Any:
    layer = subject.make(return_sequences=True)
    model = keras.Sequential([keras.Input((None, FEATURES)), layer])
    move_weights(model)
    return model


def _without_build(text: str) -> Any:
    return {k: v for k, v in json.loads(text).items() if k != "build_config"}
