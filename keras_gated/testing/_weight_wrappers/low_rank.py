"""Low-rank updates of the weights (LoRA)."""

import tempfile
from pathlib import Path
from typing import Any

import keras

from keras_gated.testing._arrays import assert_close, normal
from keras_gated.testing._subject import Subject, move_weights
from keras_gated.testing._weight_wrappers.models import (
    X,
    check_learns,
    compiled,
    dense,
    distance,
    einsum_dense,
    learner,
    quietly,
    train,
)
from keras_gated.testing._weight_wrappers.quantization import quantize
from keras_gated.testing.check import wrapper_check

RANK = 2


@wrapper_check("enable_lora changes no outputs, and trains its factors for the kernel")
def lora(subject: Subject) -> None:
    for model in _models(subject):
        layer, expected = model.layers[1].layer, model(X)
        layer.enable_lora(RANK, lora_alpha=3)
        assert_close(model(X), expected, "the outputs with a new update")
        # The first step moves one factor, and so the next one the other.
        check_learns(compiled(model), [_kernel(layer)], steps=2)


@wrapper_check("a layer that has such an update computes the same in the wrapper")
def lora_before(subject: Subject) -> None:
    for layer in (dense(lora_rank=RANK), einsum_dense(lora_rank=RANK)):
        layer.build(X.shape)
        move_weights(layer)
        expected = layer(X)
        assert_close(subject.make(layer)(X), expected, "the outputs in the wrapper")


@wrapper_check("files of a model with such an update compute the same")
def lora_files(subject: Subject) -> None:
    """Saves and loads a model with an update, which files have in the kernel."""
    for model in _models(subject):
        _enable(model)
        for again in _loaded(model):
            assert_close(again(X), model(X), "the outputs of what is loaded")


@wrapper_check("so they do within 10% for an update of a kernel in int8")
def lora_int8(subject: Subject) -> None:
    for model in _models(subject):
        quantize(model, "int8")
        with quietly():
            _enable(model)
        for again in _loaded(model):
            share = distance(again(X), model(X))
            if not share < 0.1:
                raise AssertionError(
                    "expected files to move outputs by less than 10% of the largest; "
                    f"out came {share:.0%}."
                )


def _models(subject: Subject) -> list[Any]:
    models = [learner(subject.make(layer)) for layer in (dense(), einsum_dense())]
    for model in models:
        move_weights(model)
    return models


def _enable(model: Any) -> None:
    """Gives the wrapped layer an update that is no small one."""
    layer = model.layers[1].layer
    layer.enable_lora(RANK)
    for factor in (layer.lora_kernel_a, layer.lora_kernel_b):
        factor.assign(normal(*factor.shape))
    train(compiled(model))


def _loaded(model: Any) -> list[Any]:
    with tempfile.TemporaryDirectory() as folder:
        model.save(Path(folder, "m.keras"))
        model.save_weights(Path(folder, "m.weights.h5"))
        blank = keras.models.clone_model(model)
        blank.load_weights(Path(folder, "m.weights.h5"))
        return [keras.saving.load_model(Path(folder, "m.keras")), blank]


def _kernel(layer: Any) -> Any:
    (kernel,) = (v for v in layer.weights if v.name == "kernel")
    return kernel
