"""Both directions of time."""

import tempfile
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_gated.testing._arrays import BATCH, HOLES, assert_close, normal, to_numpy
from keras_gated.testing._subject import Subject, move_weights
from keras_gated.testing._weight_wrappers.models import (
    UNITS,
    X,
    check_learns,
    gru,
    learner,
)
from keras_gated.testing.check import wrapper_check


@wrapper_check("inside of Bidirectional it is the layer there, with masks and states")
def bidirectional(subject: Subject) -> None:
    layer = keras.layers.Bidirectional(subject.make(gru(return_state=True)))
    states = [normal(BATCH, UNITS, seed=seed) for seed in (4, 5)]
    layer(X)
    directions = layer.forward_layer, layer.backward_layer
    alone = keras.layers.Bidirectional(gru(return_state=True))
    alone.build(X.shape)
    alone.set_weights([w for one in directions for w in one.layer.get_weights()])
    for arguments in ({}, {"mask": HOLES}, {"initial_state": states}):
        found, expected = (one(X, **arguments) for one in (layer, alone))
        assert_close(found, expected, f"with {', '.join(arguments) or 'nothing else'}")


@wrapper_check("there it trains, is saved and loaded")
def bidirectional_files(subject: Subject) -> None:
    model = learner(keras.layers.Bidirectional(subject.make(gru())))
    check_learns(model)
    move_weights(model)
    with tempfile.TemporaryDirectory() as folder:
        model.save(Path(folder, "m.keras"))
        again = keras.saving.load_model(Path(folder, "m.keras"))
    assert_close(again(X), model(X), "the outputs of what is loaded")
    if again.to_json() != model.to_json():
        raise AssertionError(
            f"expected the config {model.to_json()}; out came {again.to_json()}."
        )


@wrapper_check("the two directions draw different numbers")
def bidirectional_draws(subject: Subject) -> None:
    layer = keras.layers.Bidirectional(subject.make(gru()), merge_mode=None)
    x = np.repeat(X[:, :1], 5, axis=1)
    layer(x)
    forward, backward = layer.forward_layer, layer.backward_layer
    backward.set_weights(forward.get_weights())
    one, other = layer(x)
    other = keras.ops.flip(other, axis=1)
    assert_close(one, other, "the directions at inference")
    drawn, others = layer(x, training=True)
    others = to_numpy(keras.ops.flip(others, axis=1))
    if _differ(drawn, one) and not _differ(drawn, others):
        raise AssertionError("expected other draws for each; out came the same.")


@wrapper_check("around Bidirectional it is the layer there, and trains")
def around_bidirectional(subject: Subject) -> None:
    layer = keras.layers.Bidirectional(gru())
    layer.build(X.shape)
    wrapper = subject.make(layer)
    for arguments in ({}, {"mask": HOLES}):
        found, expected = (one(X, **arguments) for one in (wrapper, layer))
        assert_close(found, expected, f"with {', '.join(arguments) or 'nothing else'}")
    check_learns(learner(subject.make(keras.layers.Bidirectional(gru()))))


def _differ(one: Any, other: Any) -> bool:
    return not np.array_equal(to_numpy(one), to_numpy(other))
