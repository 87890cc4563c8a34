"""Weights in lists and files, clones and copies."""

import copy
import pickle
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras

from keras_gated.testing._arrays import FEATURES, TIME, assert_close
from keras_gated.testing._backends import exported_outputs
from keras_gated.testing._subject import Subject, move_weights
from keras_gated.testing._weight_wrappers.models import (
    X,
    compiled,
    dense,
    gru,
    learner,
    train,
)
from keras_gated.testing.check import NotApplicable, wrapper_check


@wrapper_check("a clone with the same weights computes the same")
def weights(subject: Subject) -> None:
    for model in _models(subject):
        clone = keras.models.clone_model(model)
        clone.set_weights(model.get_weights())
        assert_close(clone(X), model(X), "the outputs of the clone")
        shared = {id(v) for v in model.variables} & {id(v) for v in clone.variables}
        if shared:
            raise AssertionError("expected weights of its own; the clone shares some.")


@wrapper_check(
    "new, built and frozen models go on from .keras files, weights files and weights "
    "in shards as without them"
)
def files(subject: Subject) -> None:
    for model in _models(subject):
        expected = model(X)
        with tempfile.TemporaryDirectory() as folder:
            model.save(Path(folder, "m.keras"))
            model.save_weights(Path(folder, "m.weights.h5"))
            model.save_weights(Path(folder, "s.weights.json"), max_shard_size=1e-6)
            again = {"m.keras": keras.saving.load_model(Path(folder, "m.keras"))}
            for name in ("m.weights.h5", "s.weights.json"):
                blank = again[name] = keras.models.clone_model(model)
                blank.trainable = name == "m.weights.h5"
                blank.load_weights(Path(folder, name))
                blank.trainable = True
        train(model)
        for name, other in again.items():
            assert_close(other(X), expected, f"loaded from {name}")
            train(compiled(other))
            after = other.get_weights(), model.get_weights()
            assert_close(*after, f"weights after a step from {name}")


@wrapper_check("the weights of the layer alone are refused, and so the other way round")
def other_files(subject: Subject) -> None:
    models = [
        keras.Sequential([keras.Input((TIME, FEATURES)), layer])
        for layer in (subject.make(dense()), dense())
    ]
    for model, other in (models, models[::-1]):
        before = model.get_weights()
        with tempfile.TemporaryDirectory() as folder:
            other.save_weights(Path(folder, "m.weights.h5"))
            try:
                model.load_weights(Path(folder, "m.weights.h5"))
            except (ValueError, KeyError):
                continue
        names = [layer.name for layer in model.layers]
        raise AssertionError(
            f"expected an error; out came that a model of {names} loads the weights of "
            f"{[layer.name for layer in other.layers]}, and "
            f"{_count_changed(before, model)} of {len(before)} arrays change."
        )


@wrapper_check("copies and pickles of model and layer are the same")
def copies(subject: Subject) -> None:
    (model, _) = _models(subject)
    wrapper, inputs = model.layers[1], model.layers[0](X)
    ways: dict[str, Callable[[Any], Any]] = {
        "deepcopy": copy.deepcopy,
        "pickle": lambda x: pickle.loads(pickle.dumps(x)),
    }
    for way, copied in ways.items():
        assert_close(copied(model)(X), model(X), f"the outputs of the {way} of a model")
        other = copied(wrapper)
        assert_close(other(inputs), wrapper(inputs), f"the outputs of the {way}")
        same = {id(v) for v in other.variables} & {id(v) for v in wrapper.variables}
        if same:
            raise AssertionError(f"expected weights of its own; the {way} shares some.")


@wrapper_check("model.export computes the same", "exhaustive")
def export(subject: Subject) -> None:
    (model, _) = _models(subject)
    with tempfile.TemporaryDirectory() as folder:
        try:
            # The exporters warn of their own future.
            with warnings.catch_warnings(action="ignore"):
                found = exported_outputs(model, Path(folder), X)
        except ImportError as error:
            raise NotApplicable(f"Keras exports by way of {error.name}") from error
    assert_close(found, model(X), "the outputs of the export", rtol=1e-4, atol=1e-5)


def _models(subject: Subject) -> list[Any]:
    models = [learner(subject.make(layer)) for layer in (dense(), gru())]
    for model in models:
        move_weights(model)
    return models


def _count_changed(before: Any, model: Any) -> int:
    pairs = zip(before, model.get_weights(), strict=True)
    return sum(bool((old != new).any()) for old, new in pairs)
